"""What clients send and get of {{plural_title}}."""

{{imports}}


class {{class}}Create(InputSchema):
    {{docstring}}

    {{create_fields}}
    {{rules}}


class {{class}}Update(InputSchema):
    """A partial change: what is not sent stays as it is."""

    {{update_fields}}


class {{class}}Read(OutputSchema):
    """A stored {{title}}."""

    {{read_fields}}


class {{class}}Filter(PageParams):
    """Which {{plural_title}} are wanted."""

    {{filter_fields}}
