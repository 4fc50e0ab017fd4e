"""What members lay over django-allauth: its tables, kept encrypted."""
