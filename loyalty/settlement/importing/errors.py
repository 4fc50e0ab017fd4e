"""What an import refuses as a whole. Single lines are rejected with a reason instead."""

from __future__ import annotations

from config.kernel.errors import ConflictError, InvalidError, NotFoundError


class FileUnreadableError(InvalidError):
    """The file is gone, empty, damaged, or not what its name says."""

    code = "import.file_unreadable"
    title = "The file cannot be read"


class MappingInvalidError(InvalidError):
    """The mapping names no such column, or is not a mapping."""

    code = "import.mapping_invalid"
    title = "The mapping does not fit"


class ImportNotFoundError(NotFoundError):
    """There is no such import."""

    code = "import.not_found"
    title = "There is no such import"


class ImportCancelledError(ConflictError):
    """The import was cancelled; what it had imported stays."""

    code = "import.cancelled"
    title = "The import was cancelled"


class LaidOutOtherwiseError(ConflictError):
    """The import was started in other chunks than those it would go on with."""

    code = "import.laid_out_otherwise"
    title = "The import was started in other chunks"
