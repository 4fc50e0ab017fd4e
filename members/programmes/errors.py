"""What this app refuses."""

from __future__ import annotations

from config.kernel.errors import ConflictError, InvalidError, NotFoundError


class ProgrammeNotFoundError(NotFoundError):
    """There is no such programme."""

    code = "programme.not_found"
    title = "There is no such programme"


class StorefrontNotFoundError(NotFoundError):
    """There is no such storefront."""

    code = "storefront.not_found"
    title = "There is no such storefront"


class CodeTakenError(ConflictError):
    """Another programme, brand, storefront or store has this code."""

    code = "programme.code_taken"
    title = "The code is taken"


class UnknownTimezoneError(InvalidError):
    """The time zone is none of the IANA database."""

    code = "programme.timezone_unknown"
    title = "Unknown time zone"


class UnknownCurrencyError(InvalidError):
    """The currency is no ISO 4217 code of three capital letters."""

    code = "programme.currency_unknown"
    title = "Unknown currency"


class InvalidSettingError(InvalidError):
    """A programme setting is unknown, or its value is out of bounds."""

    code = "programme.setting_invalid"
    title = "The setting is not valid"


class UnknownScopeError(InvalidError):
    """A client was to get a scope that the API does not have."""

    code = "client.scope_unknown"
    title = "Unknown scope"


class RedirectAddressError(InvalidError):
    """An app's address to come back to is neither https, nor this computer, nor the app's own."""

    code = "client.redirect_invalid"
    title = "Give an https address, or one of the app's own scheme"
