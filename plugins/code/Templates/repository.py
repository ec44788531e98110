"""Reading and writing {{plural_title}}."""

from app.core.database import Repository
{{model_imports}}


class {{class}}Repository(Repository[{{class}}]):
    """What all repositories do, for {{plural_title}}."""

    model = {{class}}
    title = "{{title}}"
    {{attributes}}
