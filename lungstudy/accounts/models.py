"""People: users with one of three roles, and the invitations that let them in."""

import hashlib
import secrets
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class Role(models.TextChoices):
    """What a person does here."""

    READER = "reader", "Reader"
    RESEARCHER = "researcher", "Researcher"
    ADMIN = "admin", "Admin"

    def includes(self, other: "Role") -> bool:
        """Whether whoever has this role may do all that the other may."""
        return Role.values.index(self) >= Role.values.index(other)


class User(AbstractUser):
    """Somebody who signs in."""

    role = models.CharField(max_length=12, choices=Role.choices, default=Role.READER)
    time_zone = models.CharField(max_length=60, default="UTC")
    demonstration = models.BooleanField(default=False, help_text="Signs in by one click, embedded mode only.")

    REQUIRED_FIELDS = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_researcher(self) -> bool:
        """Whether researcher pages are open to this person; admins may do what researchers may."""
        return self.role in (Role.RESEARCHER, Role.ADMIN)

    @property
    def is_admin(self) -> bool:
        """Whether admin pages are open to this person."""
        return self.role == Role.ADMIN

    def may_invite(self, role: Role) -> bool:
        """Admins invite anybody, researchers invite readers."""
        return self.is_active and (self.is_admin or (self.is_researcher and role == Role.READER))


def hash_token(token: str) -> str:
    """What is stored of a secret link; the link itself is shown once and never kept."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationState(models.TextChoices):
    """Where an invitation stands; only a waiting one lets anybody in."""

    WAITING = "waiting", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    REVOKED = "revoked", "Revoked"
    EXPIRED = "expired", "Expired"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about invitations."""

    def usable(self) -> Self:
        """Neither used, revoked nor expired."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())

    def with_token(self, token: str) -> Self:
        """The invitation that a secret link names."""
        return self.filter(token_hash=hash_token(token))


class Invitation(models.Model):
    """A link that lets one person in, once, until it expires."""

    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    note = models.CharField(max_length=120, blank=True, help_text="Whom it is for, as the inviter wrote it.")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_sent")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations_accepted"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_by=None, accepted_at=None)
                | models.Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="invitation_accepted_by_and_at_together",
            )
        ]

    def __str__(self) -> str:
        return f"invitation of a {self.role} ({self.note or 'no note'})"

    @property
    def state(self) -> InvitationState:
        """Where it stands now."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.EXPIRED if self.expires_at <= timezone.now() else InvitationState.WAITING

    @staticmethod
    def new_token() -> str:
        """A fresh secret for a link."""
        return secrets.token_urlsafe(32)
