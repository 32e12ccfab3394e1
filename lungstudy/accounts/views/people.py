"""The people page and one person's page, for admins."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lungstudy.accounts import actions
from lungstudy.accounts.access import SignedInRequest, admin_required
from lungstudy.accounts.forms import InviteForm, PeopleFilterForm, RoleForm
from lungstudy.accounts.models import Invitation, User

PEOPLE_PER_PAGE = 50


@never_cache
@require_http_methods(["GET", "POST"])
@admin_required
def people(request: SignedInRequest) -> HttpResponse:
    """Everybody, the waiting invitations, and a form that makes one.

    The link is in the answer to the POST and nowhere else: no redirect, since what it would have to remember is secret.
    """
    form = InviteForm(request.POST or None)
    link = ""
    if form.is_valid():
        _, token = actions.invite(by=request.user, **form.cleaned_data)
        link = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
        form = InviteForm()
    chosen = PeopleFilterForm(request.GET)
    page = Paginator(matching(chosen), PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    waiting = Invitation.objects.usable().select_related("created_by")
    context = {"form": form, "link": link, "filter": chosen, "page": page, "invitations": waiting}
    return render(request, "accounts/people.html", context)


def matching(chosen: PeopleFilterForm) -> QuerySet[User]:
    """The people that the filter asks for, those who can sign in first."""
    everybody = User.objects.order_by("-is_active", "username")
    if not chosen.is_valid():
        return everybody
    if text := chosen.cleaned_data["q"]:
        everybody = everybody.filter(
            Q(username__icontains=text) | Q(first_name__icontains=text) | Q(last_name__icontains=text)
        )
    if role := chosen.cleaned_data["role"]:
        everybody = everybody.filter(role=role)
    return everybody


@require_safe
@admin_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: their role, whether they may sign in, a password link."""
    someone = get_object_or_404(User, pk=pk)
    return render(
        request, "accounts/person.html", {"person": someone, "form": RoleForm(initial={"role": someone.role})}
    )


@require_POST
@admin_required
def change_role(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another role, at once."""
    someone = get_object_or_404(User, pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/person.html", {"person": someone, "form": form}, status=400)
    role = form.cleaned_data["role"]
    return _done(
        request,
        someone,
        lambda: actions.change_role(user=someone, role=role, by=request.user),
        f"{someone} is now a {role}." if role != "admin" else f"{someone} is now an admin.",
    )


@require_POST
@admin_required
def deactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a person's access."""
    someone = get_object_or_404(User, pk=pk)
    sentence = f"{someone} can no longer sign in. What they did stays."
    return _done(request, someone, lambda: actions.deactivate(user=someone, by=request.user), sentence)


@require_POST
@admin_required
def reactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give access back."""
    someone = get_object_or_404(User, pk=pk)
    sentence = f"{someone} can sign in again."
    return _done(request, someone, lambda: actions.reactivate(user=someone, by=request.user), sentence)


@never_cache
@require_http_methods(["GET", "POST"])
@admin_required
def password_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks first, then shows a one-use link, in this answer and nowhere else."""
    someone = get_object_or_404(User, pk=pk)
    link = ""
    if request.method == "POST":
        try:
            path = actions.make_password_link(user=someone, by=request.user)
        except actions.AccountError as exc:
            messages.error(request, str(exc))
            return redirect("accounts:person", someone.pk)
        link = request.build_absolute_uri(path)
    return render(request, "accounts/password_link.html", {"person": someone, "link": link})


@require_POST
@admin_required
def revoke_invitation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a link back."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        actions.revoke_invitation(invitation=invitation, by=request.user)
        messages.success(request, "The invitation is taken back; its link no longer works.")
    except actions.AccountError as exc:
        messages.error(request, str(exc))
    return redirect("accounts:people")


def _done(request: HttpRequest, someone: User, action: Callable[[], None], sentence: str) -> HttpResponse:
    """Do it, say so or say why not, and go back to the person."""
    try:
        action()
        messages.success(request, sentence)
    except actions.AccountError as exc:
        messages.error(request, str(exc))
    return redirect("accounts:person", someone.pk)
