/// Recipes whose keys, paths and other names cannot be some, or do not tell tasks apart.
let wrongNames: [WrongRecipe] = [
  WrongRecipe(
    "an output outside of the project",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [a.json, /etc/x]}
    """,
    """
    r.yaml:3:37: '/etc/x' cannot be the path of a file: it is absolute or has an empty component
      use a relative path such as pages/order.html, without '.', '..' and control characters
    """),
  WrongRecipe(
    "an output above the project",
    """
    recipe: r
    inputs: {rooms: {type: list}}
    tasks:
      a:
        kind: docs
        foreach: {room: inputs.rooms}
        outputs:
          - ../{room}.json
    """,
    """
    r.yaml:8:9: '../{room}.json' cannot be the path of a file: it holds '.' or '..'
      use a relative path such as pages/order.html, without '.', '..' and control characters
    """),
  WrongRecipe(
    "an output that two tasks make",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [x]}
      b: {kind: docs, outputs: [y, x]}
    """,
    """
    r.yaml:4:32: 'x' would be made twice, by 'a' and 'b'
      every file is made by one task, once: take it out, or use another path
    """),
  WrongRecipe(
    "an output that another one lies in",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [x]}
      b: {kind: docs, outputs: [y, x/y/z]}
    """,
    """
    r.yaml:4:32: 'x' would be a file and a directory, by 'a' and 'b'
      use another path for one of them
    """),
  WrongRecipe(
    "an output that lies in one behind it",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [x/y/z, x/y]}
    """,
    """
    r.yaml:3:36: 'x/y' would be a file and a directory, by 'a' alone
      use another path for one of them
    """),
  WrongRecipe(
    "an output that stands twice",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [x, x]}
    """,
    """
    r.yaml:3:32: 'x' stands twice in the outputs of 'a'
      every file is made by one task, once: take it out, or use another path
    """),
  WrongRecipe(
    "an output without one of two variables",
    """
    recipe: r
    inputs: {styles: {type: list}, rooms: {type: list}}
    tasks:
      a:
        kind: docs
        foreach: {style: inputs.styles, room: inputs.rooms}
        outputs: ["{style}/{room}.json", "{room}.html"]
    """,
    """
    r.yaml:7:38: tasks 'a' that differ only in 'style' would have the same output
      put in {style}
    """),
  WrongRecipe(
    "an output without a variable of the task that it is made from",
    """
    recipe: r
    inputs: {styles: {type: list}}
    tasks:
      style: {kind: docs, foreach: {style: inputs.styles}, outputs: ["{style}.json"]}
      room:
        kind: docs
        foreach: {of: tasks.style, room: [kitchen, bath]}
        outputs: ["{room}.json"]
    """,
    """
    r.yaml:8:15: tasks 'room' that differ only in 'style' would have the same output
      put in {style}
    """),
  WrongRecipe(
    "an output with the number of an element, without what has the list",
    """
    recipe: r
    inputs: {plan: {type: json}}
    tasks:
      a:
        kind: docs
        foreach: {style: inputs.plan.styles, room: style.rooms}
        key: a/{style.name}/{index.room}
        outputs: ["{inputs.plan.name}/{index.room}.json"]
    """,
    """
    r.yaml:8:15: tasks 'a' that differ only in 'style' would have the same output
      put in {style}, or a member of it
    """),
  WrongRecipe(
    "a key without one of two variables",
    """
    recipe: r
    tasks:
      a:
        kind: docs
        foreach: {x: [1, 2], y: [3, 4]}
        key: a/{y}
    """,
    """
    r.yaml:6:10: tasks 'a' that differ only in 'x' would have the same key
      put in {x}, or a member of it
    """),
  WrongRecipe(
    "a key that two tasks have",
    """
    recipe: r
    tasks:
      a: {kind: docs, key: b}
      b: {kind: docs}
    """,
    """
    r.yaml:4:3: tasks 'a' and 'b' have the key 'b'
      give one of them another 'key:'
    """),
  WrongRecipe(
    "a key that the broker's own tasks have",
    """
    recipe: r
    tasks:
      recipe: {kind: docs}
    """,
    """
    r.yaml:3:3: 'recipe' is a key of the tasks that make those of the recipe
      call the task otherwise, or give it a 'key:'
    """),
  WrongRecipe(
    "a key that is empty",
    """
    recipe: r
    tasks:
      a: {kind: docs, key: ""}
    """,
    """
    r.yaml:3:24: '' cannot be the key of a task (task 'a')
      use 1 to 512 bytes without control characters; 'key:' says how it is made
    """),
  WrongRecipe(
    "a column that is empty",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [a], columns: {type: ""}}
    """,
    """
    r.yaml:3:49: '' cannot be the type of a file
      use 1 to 256 bytes without control characters
    """),
  WrongRecipe(
    "a collection without a name",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [a], collections: [""]}
    """,
    """
    r.yaml:3:47: '' cannot be the name of a collection
      use 1 to 256 bytes without control characters
    """),
  WrongRecipe(
    "a section in two lines",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [a], collections: [c], section: "b\\nc"}
    """,
    """
    r.yaml:3:60: 'b\\u{a}c' cannot be the name of a section
      use 1 to 256 bytes without control characters
    """),
]
