/// Recipes that are no YAML that is taken.
let wrongYAML: [WrongRecipe] = [
  WrongRecipe(
    "nothing in the file",
    "",
    """
    r.yaml:1:1: the file holds nothing
      begin with 'recipe: NAME'
    """),
  WrongRecipe(
    "a list instead of a recipe",
    """
    - a
    """,
    """
    r.yaml:1:1: a recipe is a list, no mapping
      write 'name: value' in lines under it
    """),
  WrongRecipe(
    "no name",
    """
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:1:1: a recipe has no 'recipe'
      begin with 'recipe: NAME'
    """),
  WrongRecipe(
    "a name with a space",
    """
    recipe: my recipe
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:1:9: 'my recipe' cannot be the name of a recipe
      use letters (a to z), digits, '_' and '-', at most 64
    """),
  WrongRecipe(
    "no tasks",
    """
    recipe: r
    """,
    """
    r.yaml:1:1: a recipe has no 'tasks'
      add 'tasks:' with at least one task
    """),
  WrongRecipe(
    "an empty mapping of tasks",
    """
    recipe: r
    tasks: {}
    """,
    """
    r.yaml:2:8: there are no tasks
      add at least one
    """),
  WrongRecipe(
    "an unknown member of the recipe",
    """
    recipe: r
    task:
      a: {kind: docs}
    """,
    """
    r.yaml:2:1: a recipe has no member 'task'
      did you mean 'tasks'?
    """),
  WrongRecipe(
    "an unknown member of a task",
    """
    recipe: r
    tasks:
      a:
        kind: docs
        promt: Write
    """,
    """
    r.yaml:5:5: task 'a' has no member 'promt'
      did you mean 'prompt'?
    """),
  WrongRecipe(
    "a name twice",
    """
    recipe: r
    tasks:
      a: {kind: docs}
      b: {kind: docs}
      a: {kind: docs}
    """,
    """
    r.yaml:5:3: 'a' stands twice in one mapping, first in line 3
      keep one of them
    """),
  WrongRecipe(
    "a tab as indentation",
    """
    recipe: r
    tasks:
    \ta: {kind: docs}
    """,
    """
    r.yaml:3:1: a tab where YAML wants spaces
      indent with spaces
    """),
  WrongRecipe(
    "an anchor",
    """
    recipe: r
    tasks:
      a: &x {kind: docs}
    """,
    """
    r.yaml:3:6: anchors and aliases (& and *) are not taken
      write it out, or put it in quotes
    """),
  WrongRecipe(
    "an alias",
    """
    recipe: r
    tasks:
      a: *x
    """,
    """
    r.yaml:3:6: anchors and aliases (& and *) are not taken
      write it out, or put it in quotes
    """),
  WrongRecipe(
    "a tag",
    """
    recipe: r
    about: !!str 5
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:2:8: tags (!) are not taken
      leave it out; put in quotes what shall be text
    """),
  WrongRecipe(
    "two documents",
    """
    recipe: r
    tasks: {a: {kind: docs}}
    ---
    recipe: s
    """,
    """
    r.yaml:3:1: a second document begins here
      put each recipe into a file of its own
    """),
  WrongRecipe(
    "a colon in a text",
    """
    recipe: r
    about: styles: all of them
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:2:14: a ': ' where no name can end
      put a text that holds ': ' in quotes, or look at the indentation
    """),
  WrongRecipe(
    "a quote without end",
    """
    recipe: r
    about: "styles
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:2:8: a text in quotes has no end
      add the quote that is missing
    """),
  WrongRecipe(
    "a list without end",
    """
    recipe: r
    inputs: {a: {type: list, default: [a, b}}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:2:40: a list in [ ] has no end
      add the comma or the ']' that is missing
    """),
  WrongRecipe(
    "a text that begins with @",
    """
    recipe: r
    about: @home
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:2:8: a text cannot begin with '@' in YAML
      put the text in quotes
    """),
  WrongRecipe(
    "a line that is indented too little",
    """
    recipe: r
    tasks:
        a:
          kind: docs
       b:
          kind: docs
    """,
    """
    r.yaml:5:4: neither a name nor the end of the mapping is here
      look at the indentation of this line and the one above
    """),
  WrongRecipe(
    "a number as text",
    """
    recipe: r
    tasks:
      a: {kind: docs, title: 2025}
    """,
    """
    r.yaml:3:26: 'title' is the number 2025, no text
      put it in quotes: "2025"
    """),
  WrongRecipe(
    "nothing as text",
    """
    recipe: r
    tasks:
      a:
        kind: docs
        title:
    """,
    """
    r.yaml:5:11: 'title' is empty, no text
      write a text
    """),
  WrongRecipe(
    "a placeholder without quotes",
    """
    recipe: r
    inputs: {x: {type: text}}
    tasks:
      a: {kind: docs, title: {x}}
    """,
    """
    r.yaml:4:27: '{x}' without quotes is a mapping with nothing in it, no placeholder
      put the text in quotes: "{x}"
    """),
  WrongRecipe(
    "a text of two lines as a name",
    """
    recipe: r
    about: |
      one
      two
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:2:8: 'about' is no line of text
      write 1 to 1024 bytes in one line
    """),
]
