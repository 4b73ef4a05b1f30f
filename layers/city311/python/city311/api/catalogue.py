"""The city and its services in the caller's language: what a form is made of."""

from city311.api.models import Answer
from city311.domain.catalogue import Choice, City, Question, Service


class CityOut(Answer):
    """The city in the caller's language."""

    jurisdiction_id: str
    name: str
    version: str
    language: str
    languages: list[str]
    contact: str
    phone: str
    emergency_number: str
    time_zone: str
    groups: dict[str, str]

    @classmethod
    def of(cls, city: City, language: str | None) -> "CityOut":
        """What a page needs before anything else."""
        return cls(
            jurisdiction_id=city.jurisdiction_id,
            name=city.name,
            version=city.version,
            language=language or city.language,
            languages=list(city.languages),
            contact=city.say(city.contact, language),
            phone=city.phone,
            emergency_number=city.emergency_number,
            time_zone=city.calendar.time_zone,
            groups={key: city.say(name, language) for key, name in city.groups.items()},
        )


class StopOut(Answer):
    """This answer ends the form."""

    message: str
    call: str | None


class ChoiceOut(Answer):
    """One value of a list question."""

    key: str
    name: str
    stop: StopOut | None

    @classmethod
    def of(cls, choice: Choice, city: City, language: str | None) -> "ChoiceOut":
        """The value in the caller's language."""
        stop = choice.stop
        return cls(
            key=choice.key,
            name=city.say(choice.name, language),
            stop=StopOut(message=city.say(stop.message, language), call=stop.call)
            if stop
            else None,
        )


class ConditionOut(Answer):
    """Ask only if that question has one of these answers."""

    question: str
    answers: list[str]


class QuestionOut(Answer):
    """One question, conditions and stops included: what Open311 cannot say."""

    code: str
    alias: str
    text: str
    hint: str | None
    datatype: str
    required: bool
    variable: bool
    choices: list[ChoiceOut]
    when: ConditionOut | None

    @classmethod
    def of(cls, question: Question, city: City, language: str | None) -> "QuestionOut":
        """The question in the caller's language."""
        when = question.when
        return cls(
            code=question.code,
            alias=question.alias,
            text=city.say(question.text, language),
            hint=city.say(question.hint, language) or None,
            datatype=question.datatype.value,
            required=question.required,
            variable=question.variable,
            choices=[ChoiceOut.of(each, city, language) for each in question.choices],
            when=ConditionOut(question=when.question, answers=sorted(when.answers))
            if when
            else None,
        )


class ServiceOut(Answer):
    """A service with its questions."""

    service_code: str
    name: str
    description: str
    group: str
    keywords: list[str]
    private: bool
    notice: str | None
    questions: list[QuestionOut]

    @classmethod
    def of(cls, service: Service, city: City, language: str | None) -> "ServiceOut":
        """The service in the caller's language."""
        ordered = sorted(service.questions, key=lambda question: question.order)
        words = service.keywords.get(language or city.language, ())
        return cls(
            service_code=service.service_code,
            name=city.say(service.name, language),
            description=city.say(service.description, language),
            group=service.group,
            keywords=list(words),
            private=service.private,
            notice=city.say(service.notice, language) or None,
            questions=[QuestionOut.of(each, city, language) for each in ordered],
        )


class ServicesOut(Answer):
    """Everything anybody may ask for."""

    version: str
    services: list[ServiceOut]

    @classmethod
    def of(cls, city: City, language: str | None) -> "ServicesOut":
        """All of it; never a part."""
        offered = (s for s in city.services.values() if s.active and not s.staff_only)
        return cls(
            version=city.version,
            services=[ServiceOut.of(each, city, language) for each in offered],
        )
