"""What mobility refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from sapar.core.errors import DomainError

if TYPE_CHECKING:
    from sapar.mobility.models import Call


class NoSeatLeft(DomainError):
    template = ngettext_lazy(
        "The only place of “%(agreement)s” is taken.",
        "All %(seats)s places of “%(agreement)s” are taken.",
        "seats",
    )


class CallNotOpen(DomainError):
    template = _("“%(call)s” takes no applications now. It is open from %(opens)s to %(closes)s.")

    @classmethod
    def of(cls, call: Call) -> CallNotOpen:
        opens, closes = timezone.localtime(call.opens_at), timezone.localtime(call.closes_at)
        return cls(call=call.title, opens=f"{opens:%d.%m.%Y}", closes=f"{closes:%d.%m.%Y %H:%M}")


class CallWithoutPlaces(DomainError):
    template = _("Add at least one place from an agreement in force before the call opens.")


class PlaceTaken(DomainError):
    template = ngettext_lazy(
        "“%(host)s” offers only %(free)s more place in %(year)s under this agreement.",
        "“%(host)s” offers only %(free)s more places in %(year)s under this agreement.",
        "free",
    )


class PlaceWished(DomainError):
    template = ngettext_lazy(
        "“%(host)s” stays: it is among the wishes of %(count)s application.",
        "“%(host)s” stays: it is among the wishes of %(count)s applications.",
        "count",
    )


class AlreadyApplied(DomainError):
    template = _(
        "There is an application from this person already. Its link was sent to the address on record."
    )


class ApplicationIncomplete(DomainError):
    template = _("Before it can be submitted the application needs: %(missing)s.")
    status = 422


class TooManyWishes(DomainError):
    template = ngettext_lazy(
        "At most %(most)s wish may be named.", "At most %(most)s wishes may be named, each host once.", "most"
    )
    status = 422


class UnknownDocument(DomainError):
    template = _("The call does not ask for this paper.")
    status = 422


class UnknownGap(DomainError):
    template = _("There is no gap %(gap)s. These can be used: %(known)s.")
    status = 422


class SavedAlready(DomainError):
    template = _("A letter “%(title)s” is saved already. Choose another title.")
    status = 422


class NoAddress(DomainError):
    template = _("No e-mail address of %(name)s is on record. Add one first.")


class NotReady(DomainError):
    template = ngettext_lazy(
        "%(count)s application is not checked yet. Check or reject it before places are given.",
        "%(count)s applications are not checked yet. Check or reject them before places are given.",
        "count",
    )


class NothingToPlace(DomainError):
    template = _("There is no checked application to give a place to.")


class RunOutdated(DomainError):
    template = _("Applications changed after this run. Run it again, then adopt the new result.")


class RunInProgress(DomainError):
    template = _("A run of this call is being computed. Wait until it is finished.")


class AppealAnswered(DomainError):
    template = _("This appeal was answered already.")


class AppealOpen(DomainError):
    template = _("There is an appeal already that waits for its answer.")


class SheetUnreadable(DomainError):
    template = _("The sheet cannot be read: %(why)s")
    status = 422


class DeadlineOver(DomainError):
    template = _("The deadline for this was %(deadline)s.")


class NoHost(DomainError):
    template = _("This application holds no place.")


class AlreadyNominated(DomainError):
    template = _("%(name)s has been nominated before; take the tick away.")


class ComponentsUnbalanced(DomainError):
    template = _("Group %(group)s has no component %(side)s.")
    status = 422


class NoComponents(DomainError):
    template = _("A learning agreement needs at least one component.")
    status = 422


class SignedAlready(DomainError):
    template = _("%(party)s has signed this version already.")


class OtherVersionOpen(DomainError):
    template = _("Version %(number)s is not finished yet. Sign it or declare it void first.")


class LiesWithCoordinator(DomainError):
    template = _("The proposal lies with the coordinator. Take it back first to change it.")


class NothingChanged(DomainError):
    template = _("Nothing is different from the signed version yet. Take a component out or add one.")
    status = 422


class StudentStillWrites(DomainError):
    template = _(
        "The student has typed rows into this version that are not proposed yet. Open it, keep the rows or take "
        "them away, then send it."
    )


class ReasonDoesNotFit(DomainError):
    template = _("“%(what)s”: reasons 1 to 4 are for taking out, reasons 5 to 8 for adding.")
    status = 422


class TooMuchTyped(DomainError):
    template = _("At most %(most)s rows and %(length)s characters in a field can be kept.")
    status = 422


class ReasonMissing(DomainError):
    template = _("Say why: %(what)s.")
    status = 422


class NothingReceived(DomainError):
    template = _("A transcript needs at least one line with title, credits and mark.")
    status = 422


class UnknownScale(DomainError):
    template = _("There is no grade scale “%(code)s”. No mark is converted by a scale without a source.")
    status = 422


class DecisionsOpen(DomainError):
    template = ngettext_lazy(
        "%(count)s group of components is not decided yet.",
        "%(count)s groups of components are not decided yet.",
        "count",
    )


class TooManyCredits(DomainError):
    template = _("%(recognised)s credits are more than the %(promised)s of the group; give the reason.")
    status = 422


class OutsideVisit(DomainError):
    template = _("%(day)s is outside the visit (%(span)s).")
    status = 422


class RoomTaken(DomainError):
    template = _("%(what)s is taken at that time by “%(topic)s”.")


class NothingChosen(DomainError):
    template = _("Nobody was chosen. Tick at least one person.")
    status = 422


class StillUnderWay(DomainError):
    template = _("This is still under way: %(numbers)s. Finish or cancel it before the person is erased.")


class ErasedAlready(DomainError):
    template = _("An erasure of this person was asked for or done already.")


class StayOver(DomainError):
    template = _("The stay was planned until %(day)s, which is over. Nominate the person anew.")


class AddressMissing(DomainError):
    template = _("There is no e-mail address of %(name)s. Write one, or give the link by hand.")
    status = 422


class BadScale(DomainError):
    template = _("The scale contradicts itself: %(fault)s")
    status = 422


class ScaleInUse(DomainError):
    template = ngettext_lazy(
        "“%(code)s” was used by %(count)s transcript. Add a scale with another code instead.",
        "“%(code)s” was used by %(count)s transcripts. Add a scale with another code instead.",
        "count",
    )


class SessionOutsidePlan(DomainError):
    template = _("“%(topic)s” on %(day)s would be outside the new dates. Move the session first.")


class VisitorAttended(DomainError):
    template = _("%(name)s has attendance on record and stays on the list.")


class VisitOver(DomainError):
    template = _("The visit is over or cancelled; its plan stays as it is.")


class NotSignedYet(DomainError):
    template = _("The learning agreement is not signed by all three yet.")


class StillThere(DomainError):
    template = _("Note when %(name)s arrived and left first.")


class VisitNotBegun(DomainError):
    template = _("Certificates are issued when the visit has begun.")


class NothingToAgree(DomainError):
    template = _("A learning agreement is written between the host's acceptance and the end of the stay.")


class StayColumnMissing(DomainError):
    template = _("Say which columns hold the name of the person and the partner university.")
    status = 422


class HostUnknown(DomainError):
    template = _("What was chosen for “%(name)s” is not in the directory of your office. Choose another one.")
    status = 422


class NothingToTake(DomainError):
    template = _(
        "No row can be taken as it is. Choose columns and universities, or correct the rejected rows."
    )


class StayUsedSince(DomainError):
    template = _("The stay %(number)s of %(name)s was worked on after the import. Nothing was undone.")


class TaskDone(DomainError):
    template = _("This was done on %(day)s already.")
