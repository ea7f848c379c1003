"""What was agreed, certified and recognised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sapar.demo.university.world import (
    MARKS,
    SCALE,
    World,
    kept,
)
from sapar.directory.models import Course
from sapar.directory.states import Level
from sapar.mobility.models import (
    Component,
    Decision,
    Exchange,
    LearningAgreement,
    RecognitionCase,
    Signature,
    Transcript,
    TranscriptLine,
)
from sapar.mobility.queries.credits import Converter
from sapar.mobility.states import (
    CaseState,
    ExchangeState,
    LearningAgreementState,
    Party,
    Side,
    TranscriptSource,
    Verdict,
)
from sapar.partners.queries import digest_of

NOT_PASSED = (Verdict.REFUSED, Decimal(0), "Not passed at the host.")
# Cumulative chances of what becomes of a course that was passed.
OUTCOMES: Sequence[tuple[float, tuple[Verdict, Decimal, str]]] = (
    (0.76, (Verdict.RECOGNISED, Decimal(1), "")),
    (0.87, (Verdict.PARTLY, Decimal("0.6"), "Fewer hours than at home.")),
    (0.92, (Verdict.ELECTIVE, Decimal(1), "Another content than the home course; counts as an elective.")),
    (0.97, (Verdict.REFUSED, Decimal(0), "The content overlaps with a course taken at home before.")),
    (1.01, (Verdict.REFUSED, Decimal(0), "The level is below that of the home course.")),
)


class Studies(World):
    def _studies(self, year: int, stays: Sequence[Exchange]) -> None:
        """Agreed, certified, recognised: what the host wrote and what the faculty made of it."""
        held = [stay for stay in stays if stay.state != ExchangeState.CANCELLED]
        converter = Converter(self.office, on=date(year, 9, 1), level=Level.BACHELOR)
        agreements, components, marks = [], [], {}
        for stay in held:
            code = self._code_of(stay)
            chosen = self.draw.sample(self.courses[code], self.draw.choice([3, 4, 4]))
            marks[stay.number] = [(course, self.draw.choice(MARKS)) for course in chosen]
            version = self._version(stay, chosen, converter)
            agreements.append(version)
        kept(agreements)
        for version in agreements:
            for row in (version.snapshot or {})["components"]:
                course = next(
                    one for one in self.courses[self._code_of(version.exchange)] if one.title == row["title"]
                )
                components.append(self._component(version, row, course))
        kept(components)
        kept(
            Signature(
                office=self.office,
                learning_agreement=version,
                party=party,
                name=version.exchange.person.display_name
                if party == Party.STUDENT
                else self.demo.officer.name
                if party == Party.SENDING
                else "Coordinator of the host",
                digest=version.digest,
                signed_at=version.signed_at or version.made_at,
            )
            for version in agreements
            for party in Party
        )
        self._transcripts(held, marks, converter)

    def _code_of(self, stay: Exchange) -> str:
        return next(code for code, unit in self.demo.units.items() if unit.pk == stay.unit_id)

    def _version(self, stay: Exchange, chosen: Sequence[Course], converter: Converter) -> LearningAgreement:
        signed = self.at(stay.planned_from - timedelta(days=30))
        total = converter.sum((course.credits, "ECTS") for course in chosen).plain()
        rows = [
            {
                "side": side.value,
                "group": group,
                "code": f"H{course.code}" if side == Side.STUDIED else course.code,
                "title": course.title,
                "credits": f"{course.credits:.2f}",
                "credit_unit": "ECTS",
                "term": "",
                "removed": False,
                "added": False,
                "reason": "",
                "reason_text": "",
            }
            for side in (Side.RECOGNISED, Side.STUDIED)
            for group, course in enumerate(chosen, start=1)
        ]
        snapshot = {
            "exchange": stay.number,
            "direction": stay.direction,
            "programme": stay.programme,
            "home": self.office.name,
            "person": stay.person.display_name,
            "partner": stay.partner.name,
            "planned": [stay.planned_from.isoformat(), stay.planned_to.isoformat()],
            "version": 1,
            "components": rows,
            "sums": {str(Side.STUDIED): total, str(Side.RECOGNISED): total},
        }
        return LearningAgreement(
            office=self.office,
            exchange=stay,
            number=1,
            state=LearningAgreementState.SIGNED,
            snapshot=snapshot,
            digest=digest_of(snapshot),
            made_at=signed - timedelta(days=20),
            sent_at=signed - timedelta(days=10),
            signed_at=signed,
            revision=3,
        )

    def _component(self, version: LearningAgreement, row: dict[str, Any], course: Course) -> Component:
        return Component(
            office=self.office,
            learning_agreement=version,
            side=row["side"],
            group=row["group"],
            code=row["code"],
            title=row["title"],
            credits=course.credits,
            course=course if row["side"] == Side.RECOGNISED else None,
        )

    def _transcripts(
        self, held: Sequence[Exchange], marks: dict[str, list[tuple[Course, str]]], converter: Converter
    ) -> None:
        """A few transcripts of the last year have not come yet."""
        came, transcripts = [], []
        for stay in held:
            assert stay.left_on is not None
            if stay.academic_year == self.demo.year and self.draw.random() < 0.06:
                continue
            given = stay.left_on + timedelta(days=self._days_to_transcript())
            # Two days in the post, up to three weeks until it is decided, two days until the order.
            if given + timedelta(days=25) >= self.demo.today:
                continue
            came.append(stay)
            transcripts.append(
                Transcript(
                    office=self.office,
                    exchange=stay,
                    source=self.draw.choice([TranscriptSource.LINK, TranscriptSource.FORM]),
                    scale=SCALE,
                    issued_on=given,
                    received_at=self.at(given + timedelta(days=2)),
                    given_by="Registrar of the host",
                    digest=digest_of({"stay": stay.number}),
                )
            )
        kept(transcripts)
        kept(
            TranscriptLine(
                office=self.office,
                transcript=transcript,
                order=order,
                code=f"H{course.code}",
                title=course.title,
                credits=course.credits,
                mark=mark,
                passed=self.passing[mark],
                examined_on=transcript.exchange.left_on,
            )
            for transcript in transcripts
            for order, (course, mark) in enumerate(marks[transcript.exchange.number], start=1)
        )
        cases = kept(self._case(transcript) for transcript in transcripts)
        decisions = [
            decision
            for case in cases
            for decision in self._decisions(case, marks[case.exchange.number], converter)
        ]
        kept(decisions)
        recognised: dict[int, Decimal] = defaultdict(Decimal)
        studied: dict[int, Decimal] = defaultdict(Decimal)
        for decision in decisions:
            stay_id = decision.case.exchange_id
            recognised[stay_id] += decision.credits_recognised or Decimal(0)
            studied[stay_id] += sum(
                (Decimal(line["credits"]) for line in decision.studied if line["passed"]), Decimal(0)
            )
        for stay in came:
            stay.state = ExchangeState.RECOGNISED
            stay.credits_recognised, stay.credits_studied = recognised[stay.pk], studied[stay.pk]
        Exchange.objects.bulk_update(came, ["state", "credits_recognised", "credits_studied"], batch_size=200)

    def _days_to_transcript(self) -> int:
        """Most hosts write within two months, one in eight lets months pass."""
        return self.draw.randrange(75, 190) if self.draw.random() < 0.12 else self.draw.randrange(7, 75)

    def _case(self, transcript: Transcript) -> RecognitionCase:
        decided = transcript.received_at + timedelta(days=self.draw.randrange(3, 20))
        return RecognitionCase(
            office=self.office,
            exchange=transcript.exchange,
            transcript=transcript,
            state=CaseState.ORDERED,
            number=f"R-{decided.year}-{self.numbers.next('recognition', decided.year):04d}",
            commission=["Dean", "Head of department"],
            opened_at=transcript.received_at + timedelta(days=1),
            decided_at=decided,
            ordered_at=decided + timedelta(days=2),
        )

    def _decisions(
        self, case: RecognitionCase, marks: Sequence[tuple[Course, str]], converter: Converter
    ) -> Iterable[Decision]:
        """What was passed is mostly recognised as promised; what was not passed is made up.

        Faculties differ from what they promised as they do in life: fewer credits where the host taught fewer hours,
        an elective where the content is another, nothing where the course is of a lower level or taken at home before.
        """
        for group, (course, mark) in enumerate(marks, start=1):
            unit = converter.one(course.credits, "ECTS").plain()
            passed = self.passing[mark]
            verdict, share, reason = self._verdict() if passed else NOT_PASSED
            credits = (course.credits * share).quantize(Decimal("0.5"))
            yield Decision(
                office=self.office,
                case=case,
                group=group,
                studied=[
                    {
                        "code": f"H{course.code}", "title": course.title, "credits": str(course.credits),
                        "credit_unit": "ECTS", "mark": mark, "passed": passed, "in_home_unit": unit,
                        "conversion": self.conversions[mark],
                    }
                ],
                home=[
                    {
                        "code": course.code, "title": course.title, "credits": str(course.credits),
                        "credit_unit": "ECTS", "in_home_unit": unit, "course": course.pk,
                    }
                ],
                credits_promised=course.credits,
                credits_recognised=credits,
                verdict=verdict,
                home_mark=str(self.conversions[mark]["result"]),
                method={
                    "missing": [],
                    "suggestion": {
                        "verdict": Verdict.RECOGNISED if passed else Verdict.REFUSED,
                        "because": "learning_agreement" if passed else "not_passed",
                        "credits": str(course.credits if passed else Decimal(0)),
                    },
                },
                reason=reason,
                decided_by=self.demo.users["dean"].name,
                decided_at=case.decided_at,
            )  # fmt: skip

    def _verdict(self) -> tuple[Verdict, Decimal, str]:
        """What a faculty makes of a course that was passed, the share of its credits, and why it is less."""
        drawn = self.draw.random()
        return next(outcome for limit, outcome in OUTCOMES if drawn < limit)
