"""The table of {{plural_title}}."""

{{imports}}


class {{class}}(Base):
    {{docstring}}

    __tablename__ = "{{table}}"

    {{columns}}
