"""Console: programmes, shops and who may call the API."""

from members.programmes.admin import clients, naming, programmes, shops

__all__ = ["clients", "naming", "programmes", "shops"]
