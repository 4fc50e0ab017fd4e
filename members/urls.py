"""Addresses of signing in and out."""

from __future__ import annotations

from django.urls import path, re_path

from members.views import (
    avatars,
    contacts,
    passkeys,
    passwords,
    pictures,
    privacy,
    proving,
    real_name,
    security,
    signing_in,
    social,
    staff,
)

app_name = "members"
urlpatterns = [
    re_path(r"^media/avatars/(?P<name>[0-9a-f]{32})\.webp$", avatars.avatar, name="avatar"),
    path("sign-in", signing_in.sign_in, name="sign_in"),
    path("sign-in/code", signing_in.code, name="code"),
    path("sign-in/code/resend", signing_in.resend, name="resend"),
    path("sign-in/picture/<str:name>.png", pictures.picture, name="picture"),
    path("sign-in/picture/<str:name>.wav", pictures.sound, name="sound"),
    path("sign-in/with/<slug:provider>", social.go, name="social"),
    path("sign-in/with/<slug:provider>/back", social.back, name="social_back"),
    path("sign-in/with/<slug:provider>/local", social.local_provider, name="local_provider"),
    path("sign-in/join", social.join, name="join"),
    path("me/security/socials/<slug:provider>/bind", social.bind, name="bind_social"),
    path("me/security/socials/<slug:provider>/unbind", social.unbind, name="unbind_social"),
    path("sign-in/password", passwords.sign_in, name="password_sign_in"),
    path("me/security/password", passwords.password, name="password"),
    path("sign-in/passkey", passkeys.sign_in, name="passkey_sign_in"),
    path("sign-in/passkey/options", passkeys.sign_in_options, name="passkey_options"),
    path("sign-in/proof/options", passkeys.proof_options, name="passkey_proof_options"),
    path("me/security/passkeys", passkeys.add, name="add_passkey"),
    path("me/security/passkeys/options", passkeys.add_options, name="add_passkey_options"),
    path("me/security/passkeys/<int:passkey>/remove", passkeys.remove, name="remove_passkey"),
    path("sign-in/proof", proving.finish, name="proof"),
    path("me/security", security.security, name="security"),
    path("me/security/proof", proving.prove, name="prove"),
    path("me/security/change", contacts.change, name="change"),
    path("me/security/authenticator", security.authenticator, name="authenticator"),
    path(
        "me/security/authenticator/remove",
        security.remove_authenticator,
        name="remove_authenticator",
    ),
    path("me/security/recovery-codes", security.recovery_codes, name="recovery_codes"),
    path("me/security/sessions/<int:session>/end", security.end_session, name="end_session"),
    path("me/security/sessions/end-others", security.end_other_sessions, name="end_others"),
    path("me/security/apps/revoke", security.revoke_app, name="revoke_app"),
    path("me/security/real-name", real_name.real_name, name="real_name"),
    path("me/privacy", privacy.privacy, name="privacy"),
    path("me/privacy/exports", privacy.exports, name="privacy_exports"),
    path("me/privacy/exports/<int:export>", privacy.export_file, name="privacy_export_file"),
    path("me/privacy/erasure", privacy.erasure, name="privacy_erasure"),
    path("me/privacy/keep", privacy.keep, name="privacy_keep"),
    path("staff/password", staff.password, name="staff_password"),
    path("staff/authenticator", staff.authenticator, name="staff_authenticator"),
    path("sign-out", signing_in.sign_out, name="sign_out"),
]
