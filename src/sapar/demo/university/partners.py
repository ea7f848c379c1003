"""Partners and their agreements, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sapar.demo.national import CITY_WORDS, KIND_WORDS
from sapar.demo.office import PROGRAMMES, TEXTS
from sapar.demo.university.world import (
    COUNTRIES,
    PARTNERS,
    YEARS,
    Row,
    World,
    kept,
)
from sapar.directory.models import Organisation, OrganisationName
from sapar.directory.states import Level, NameKind
from sapar.methods.names import collation_key, search_key
from sapar.partners.models import Agreement, AgreementVersion, Condition, Contact, Partnership
from sapar.partners.queries import digest_of, snapshot_of
from sapar.partners.states import AgreementKind, AgreementState, Direction, VersionState


class Partners(World):
    def partners(self) -> None:
        """Half of them were there when the ten years began; each has its agreements one after the other."""
        organisations = kept(self._organisations())
        kept(
            OrganisationName(organisation=one, kind=NameKind.OFFICIAL, name=one.name) for one in organisations
        )
        first = self.years[0]
        since = [first - 3 + min(int(self.draw.expovariate(0.3)), YEARS + 2) for _one in organisations]
        partnerships = kept(
            Partnership(
                office=self.office,
                organisation=organisation,
                since=date(year, 10, 1),
                last_contact_on=self.demo.today - timedelta(days=int(self.draw.expovariate(1 / 200))),
                added_at=self.at(date(year, 10, 1)),
            )
            for organisation, year in zip(organisations, since, strict=True)
        )
        kept(self._contact(one) for one in partnerships)
        weights = [1 / (place + 3) ** 0.6 for place in range(len(partnerships))]
        self.draw.shuffle(weights)
        self._agreements(list(zip(partnerships, organisations, since, weights, strict=True)))

    def _organisations(self) -> Iterable[Organisation]:
        seen: set[str] = set(Organisation.objects.values_list("name", flat=True))
        made = 0
        while made < PARTNERS:
            name = f"{self.draw.choice(CITY_WORDS)} {self.draw.choice(CITY_WORDS)} {self.draw.choice(KIND_WORDS)}"
            if name in seen or len(set(name.split()[:2])) == 1:
                continue
            seen.add(name)
            made += 1
            yield Organisation(
                office=self.office,
                name=name,
                country_code=self.draw.choices(list(COUNTRIES), weights=list(COUNTRIES.values()))[0],
                city=name.split()[0],
                sort_key=collation_key(name),
                search=search_key(name),
                source="demo",
            )

    def _contact(self, partnership: Partnership) -> Contact:
        country = partnership.organisation.country_code
        who = next(self.names[country])
        return Contact(
            office=self.office,
            partnership=partnership,
            name=f"{who.given} {who.surname}",
            post="International coordinator",
            email=f"{who.surname}{partnership.pk}@partner.example".lower(),
            language="en",
            is_main=True,
        )

    def _agreements(self, partners: Sequence[tuple[Partnership, Organisation, int, float]]) -> None:
        """Four years each; four in five are followed by the next; every sixth is a memorandum without places."""
        agreements: list[Agreement] = []
        weight_of: dict[int, float] = {}
        for partnership, _organisation, since, weight in partners:
            year, going = since, True
            while going and year <= self.demo.year + 1:
                agreement = self._agreement(partnership, year)
                agreements.append(agreement)
                weight_of[partnership.pk] = weight
                year, going = year + 4, self.draw.random() < 0.8
        kept(agreements)
        versions = kept(
            AgreementVersion(
                office=self.office,
                agreement=one,
                number=1,
                state=VersionState.DRAFT,
                texts=TEXTS,
                made_at=one.made_at,
            )
            for one in agreements
        )
        hosts = {partnership.pk: organisation for partnership, organisation, _since, _weight in partners}
        conditions = kept(row for version in versions for row in self._places(version))
        for row in conditions:
            agreement = row.version.agreement
            self.rows[row.academic_year, row.direction].append(
                Row(row, agreement, hosts[agreement.partnership_id], weight_of[agreement.partnership_id])
            )
        for version in versions:
            version.snapshot = snapshot_of(version)
            version.digest, version.state = digest_of(version.snapshot), VersionState.FROZEN
            version.frozen_at = version.made_at
        AgreementVersion.objects.bulk_update(
            versions, ["snapshot", "digest", "state", "frozen_at"], batch_size=200
        )

    def _agreement(self, partnership: Partnership, year: int) -> Agreement:
        kind = self.draw.choices(
            [AgreementKind.EXCHANGE, AgreementKind.INTER_INSTITUTIONAL, AgreementKind.MEMORANDUM],
            weights=[8, 2, 2],
        )[0]
        ends, signed = date(year + 4, 8, 31), date(year, 5, 2) + timedelta(days=self.draw.randrange(60))
        name = partnership.organisation.name
        return Agreement(
            office=self.office,
            partnership=partnership,
            kind=kind,
            title=f"{AgreementKind(kind).value.replace('_', '-').capitalize()} with {name}",
            number=f"{year}-{self.numbers.next('agreement', year):03d}",
            state=AgreementState.EXPIRED if ends < self.demo.today else AgreementState.IN_FORCE,
            starts_on=date(year, 9, 1),
            ends_on=ends,
            signed_on=signed,
            languages=["ru", "en"],
            home_signer=self.demo.users["rector"].name,
            home_signer_post="Rector",
            partner_signer="Rector",
            partner_signer_post="Rector",
            responsible=self.demo.officer,
            made_at=self.at(signed - timedelta(days=60)),
        )

    def _places(self, version: AgreementVersion) -> Iterable[Condition]:
        agreement = version.agreement
        if agreement.kind == AgreementKind.MEMORANDUM or agreement.starts_on is None:
            return
        field_code = self.draw.choice(["", "", "", *(code for _name, code in PROGRAMMES.values())])
        for year in range(agreement.starts_on.year, agreement.starts_on.year + 4):
            for direction in Direction:
                yield Condition(
                    office=self.office,
                    version=version,
                    academic_year=year,
                    direction=direction,
                    places=self.draw.choice([1, 2, 2, 2, 3, 4]),
                    months=Decimal(5),
                    level=Level.BACHELOR,
                    isced_f=field_code,
                )
