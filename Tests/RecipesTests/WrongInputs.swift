/// Recipes with wrong inputs and limits.
let wrongInputs: [WrongRecipe] = [
  WrongRecipe(
    "a type that does not exist",
    """
    recipe: r
    inputs:
      n: {type: int}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:3:13: 'int' is no type of an input
      did you mean 'integer'?
    """),
  WrongRecipe(
    "an input without a type",
    """
    recipe: r
    inputs:
      n: {default: 3}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:3:6: input 'n' has no 'type'
      add 'type:' with one of text, integer, number, boolean, list, json, file, files
    """),
  WrongRecipe(
    "a default of another type",
    """
    recipe: r
    inputs:
      n: {type: integer, default: three}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:3:31: 'default' is a text, no whole number
      give a number such as 3
    """),
  WrongRecipe(
    "a default out of range",
    """
    recipe: r
    inputs:
      n: {type: integer, default: 30, max: 10}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:3:31: 'default' is 30
      give at most 10
    """),
  WrongRecipe(
    "a default list with a number",
    """
    recipe: r
    inputs:
      n: {type: list, default: [a, 1]}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:3:28: 'default' has an element that is no text, number 2
      put it in quotes: a list has texts; else use json
    """),
  WrongRecipe(
    "an empty list as default",
    """
    recipe: r
    inputs:
      n: {type: list, default: []}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:3:28: 'default' has no element
      give one or more; 'min: 0' in the recipe allows none
    """),
  WrongRecipe(
    "a least that is greater than the greatest",
    """
    recipe: r
    inputs:
      n: {type: integer, min: 3, max: 2}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:3:6: 'min' is greater than 'max'
      correct one of them
    """),
  WrongRecipe(
    "a range for a text",
    """
    recipe: r
    inputs:
      n: {type: text, max: 2}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:3:24: an input of type text has no 'max'
      leave it out; min and max are for integer, number, list and files
    """),
  WrongRecipe(
    "a default for a file",
    """
    recipe: r
    inputs:
      n: {type: file, default: a.png}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:3:28: a file has no default
      leave it out; files are given with the job
    """),
  WrongRecipe(
    "a schema that cannot be checked",
    """
    recipe: r
    inputs:
      n:
        type: json
        schema:
          type: object
          properties:
            name: {type: string, pattern: '^a'}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:8:39: 'schema' cannot be checked: /properties/name/pattern is not checked here: use enum, or look at the text yourself and leave it out
      correct it; plugins/README.md lists what a schema may say
    """),
  WrongRecipe(
    "a default that does not fit its schema",
    """
    recipe: r
    inputs:
      n: {type: json, schema: {type: array}, default: {a: 1}}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:3:51: 'default' does not fit its schema: the value: is an object, not an array
      correct the value
    """),
  WrongRecipe(
    "a budget that is no amount",
    """
    recipe: r
    limits: {budget_usd: 5 dollars}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:2:22: 'budget_usd' is no amount of US dollars
      write it as 5 or 0.50
    """),
  WrongRecipe(
    "an unknown limit",
    """
    recipe: r
    limits: {budget: 5}
    tasks: {a: {kind: docs}}
    """,
    """
    r.yaml:2:10: 'limits' has no member 'budget'
      did you mean 'budget_usd'?
    """),
]
