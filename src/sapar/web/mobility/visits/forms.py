"""Forms of group visits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from sapar.directory.models import Organisation, Unit
from sapar.mobility.models import GroupVisit, Visitor, VisitSession
from sapar.mobility.services.visits import SessionEntry, VisitEntry
from sapar.mobility.states import Presence
from sapar.partners.models import Agreement
from sapar.partners.states import Direction
from sapar.web.forms import DateField, LongText, SaparForm, SearchSelect, Section, table_input
from sapar.web.meanwhile import Difference, differences
from sapar.web.mobility.exchanges.forms.uploads import Upload


class VisitForm(SaparForm):
    sections = (
        Section(_("The visit"), ("title", "direction", "partner", "agreement", "starts_on", "ends_on")),
        Section(_("The group"), ("leader_name", "leader_email", "purpose")),
        Section(_("Host departments"), ("hosts",)),
    )
    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("Such as: second- and third-year medical students.")
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices, initial=Direction.INCOMING)
    partner = forms.ChoiceField(label=_("Partner"), widget=SearchSelect)
    agreement = forms.ChoiceField(label=_("Agreement"), required=False, widget=SearchSelect)
    starts_on = DateField(label=_("From"))
    ends_on = DateField(label=_("Until"))
    leader_name = forms.CharField(label=_("Leader of the group"), max_length=200)
    leader_email = forms.EmailField(label=_("E-mail of the leader"), required=False)
    purpose = LongText(label=_("Purpose"), rows=4, required=False)
    hosts = forms.MultipleChoiceField(
        label=_("Departments"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        partners: Iterable[Organisation],
        agreements: Iterable[Agreement],
        units: Iterable[Unit],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.partners = {str(one.pk): one for one in partners}
        self.agreements = {str(one.pk): one for one in agreements}
        self.units = {str(one.pk): one for one in units}
        partner, agreement, hosts = (self.fields[name] for name in ("partner", "agreement", "hosts"))
        assert isinstance(partner, forms.ChoiceField)
        assert isinstance(agreement, forms.ChoiceField)
        assert isinstance(hosts, forms.MultipleChoiceField)
        partner.choices = [("", "—"), *((key, one.name) for key, one in self.partners.items())]
        agreement.choices = [("", "—"), *((key, self._called(one)) for key, one in self.agreements.items())]
        hosts.choices = [(key, one.said) for key, one in self.units.items()]

    def _called(self, agreement: Agreement) -> str:
        """Many agreements of an office have one title: partner and number tell them apart."""
        partner = self.partners.get(str(agreement.partnership.organisation_id))
        named = [partner.name] if partner and partner.name not in agreement.title else []
        return " · ".join([agreement.title, *named, *filter(None, [agreement.number])])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        agreement = self.agreements.get(data.get("agreement") or "")
        if agreement is not None and str(agreement.partnership.organisation_id) != data.get("partner"):
            self.add_error("agreement", _t("This agreement is with another partner."))
        return data

    def entry(self) -> VisitEntry:
        data = self.cleaned_data
        return VisitEntry(
            title=data["title"],
            direction=Direction(data["direction"]),
            partner=self.partners[data["partner"]],
            agreement=self.agreements.get(data["agreement"]),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            leader_name=data["leader_name"],
            leader_email=data["leader_email"],
            purpose=data["purpose"],
            hosts=[self.units[key] for key in data["hosts"]],
        )


class TimeField(forms.TimeField):
    """An hour typed as on paper: 9:30 or 09.30."""

    width = "narrow"
    unit = _("hh:mm")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off", "maxlength": "5"})
        )
        kwargs.setdefault("input_formats", ["%H:%M", "%H.%M", "%H"])
        kwargs.setdefault("error_messages", {"invalid": _("Write the hour like 09:30.")})
        super().__init__(**kwargs)


class SessionForm(SaparForm):
    unit = forms.ChoiceField(label=_("Department"), widget=SearchSelect)
    topic = forms.CharField(label=_("Topic"), max_length=200)
    held_on = DateField(label=_("Day"))
    begins_at = TimeField(label=_("Begins"))
    ends_at = TimeField(label=_("Ends"))
    room = forms.CharField(label=_("Room"), max_length=60, required=False)
    teacher = forms.CharField(label=_("Teacher"), max_length=200, required=False)

    def __init__(self, *args: Any, units: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(one.pk): one for one in units}
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)
        unit.choices = [("", "—"), *((key, one.said) for key, one in self.units.items())]

    def entry(self) -> SessionEntry:
        data = self.cleaned_data
        return SessionEntry(
            unit=self.units[data["unit"]],
            topic=data["topic"],
            held_on=data["held_on"],
            begins_at=data["begins_at"],
            ends_at=data["ends_at"],
            room=data["room"],
            teacher=data["teacher"],
        )


class ListForm(SaparForm):
    """The partner's list: a file, or lines pasted from one."""

    table = Upload(
        label=_("File with the list"),
        required=False,
        widget=table_input(),
        help_text=_(
            "CSV, XLSX, XLS or ODS with the columns surname, given names; if you like e-mail, citizenship, date of "
            "birth, year."
        ),
    )
    pasted = LongText(
        label=_("Or paste the list"),
        rows=8,
        required=False,
        help_text=_(
            "One person on each line: surname, given names, year of study, apart by tab, comma or semicolon."
        ),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("table")) == bool((data.get("pasted") or "").strip()):
            self.add_error("table", _t("Either upload a file or paste the lines."))
        return data


class DatesForm(SaparForm):
    arrived_on = DateField(label=_("Arrived"), required=False)
    left_on = DateField(label=_("Left"), required=False)


class OutcomeForm(SaparForm):
    outcome = LongText(
        label=_("What the visit gave"),
        rows=6,
        help_text=_("Knowledge, skills, cooperation; it goes into the report."),
    )


class PresenceForm(forms.Form):
    """One visitor on the attendance sheet."""

    presence = forms.ChoiceField(
        choices=Presence.choices, required=False, widget=forms.RadioSelect, label=_("Attendance")
    )

    def __init__(self, *args: Any, visitor: Visitor, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": f"v{visitor.pk}", "label_suffix": "", **kwargs})
        self.visitor = visitor


def values_of_visit(visit: GroupVisit) -> dict[str, object]:
    names = ("title", "direction", "starts_on", "ends_on", "leader_name", "leader_email", "purpose")
    return {name: getattr(visit, name) for name in names} | {
        "partner": str(visit.partner_id),
        "agreement": str(visit.agreement_id or ""),
        "hosts": [str(pk) for pk in visit.hosts.values_list("pk", flat=True)],
    }


def values_of_session(session: VisitSession) -> dict[str, object]:
    names = ("topic", "held_on", "begins_at", "ends_at", "room", "teacher")
    return {name: getattr(session, name) for name in names} | {"unit": str(session.unit_id)}


def values_of_dates(visitor: Visitor) -> dict[str, object]:
    return {"arrived_on": visitor.arrived_on, "left_on": visitor.left_on}


def presence_differs(forms: Iterable[PresenceForm], noted: Mapping[int, str]) -> list[Difference]:
    """People of whom the sheet on record says something else than what was ticked."""
    return [
        Difference(form.visitor.person.display_name, one.theirs, one.mine)
        for form in forms
        for one in differences(form, {"presence": noted.get(form.visitor.pk, "")})
    ]
