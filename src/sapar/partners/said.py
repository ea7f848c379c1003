"""What offices write in their lists for directions and kinds of mobility."""

from __future__ import annotations

from collections.abc import Mapping

from sapar.partners.states import Direction, MobilityKind

DIRECTIONS: Mapping[str, Direction] = {
    word: direction
    for direction, words in (
        (Direction.OUTGOING, "out outgoing outbound o исходящая исходящий выезд выезжающий чыгуучу шығыс шығу "
                             "chiquvchi"),
        (Direction.INCOMING, "in incoming inbound i входящая входящий въезд приезд прибывающий кирүүчү кіріс кіру "
                             "kiruvchi"),
    )
    for word in words.split()
}  # fmt: skip
MOBILITY_KINDS: Mapping[str, MobilityKind] = {
    **{kind.value: kind for kind in MobilityKind},
    **{
        word: kind
        for kind, words in (
            (MobilityKind.STUDY, "studies student обучение студент студенты учёба окуу оқу o'qish"),
            (
                MobilityKind.TRAINEESHIP,
                "internship placement практика стажировка-студента производственная practice",
            ),
            (MobilityKind.TEACHING, "преподавание лекции teacher преподаватель окутуу оқыту o'qitish"),
            (
                MobilityKind.STAFF_TRAINING,
                "training обучение-сотрудников сотрудник staff повышение стажировка",
            ),
        )
        for word in words.split()
    },
}
