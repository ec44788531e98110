/// Recipes with wrong tasks.
let wrongTasks: [WrongRecipe] = [
  WrongRecipe(
    "a task without a kind",
    """
    recipe: r
    tasks:
      a: {op: text}
    """,
    """
    r.yaml:3:6: task 'a' has no 'kind'
      add 'kind:' with the kind of its plugin, such as docs
    """),
  WrongRecipe(
    "a kind that is none",
    """
    recipe: r
    tasks:
      a: {kind: Docs!}
    """,
    """
    r.yaml:3:13: 'Docs!' is not a kind
      a kind is a short word in lower case, such as docs; letters, digits and hyphens, at most 32
    """),
  WrongRecipe(
    "the kind of the broker's own tasks",
    """
    recipe: r
    tasks:
      a: {kind: recipe}
    """,
    """
    r.yaml:3:13: tasks of kind 'recipe' are the broker's own
      write the kind of a plugin, such as docs
    """),
  WrongRecipe(
    "a column that is none",
    """
    recipe: r
    tasks:
      a: {kind: docs, columns: {produkt: x}}
    """,
    """
    r.yaml:3:29: there is no column 'produkt'
      did you mean 'product'?
    """),
  WrongRecipe(
    "a collection of a task without outputs",
    """
    recipe: r
    tasks:
      a: {kind: docs, collections: [x]}
    """,
    """
    r.yaml:3:32: task 'a' has collections and no outputs
      add 'outputs:', which a collection counts
    """),
  WrongRecipe(
    "a collection of a task with a list of no outputs",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [], collections: [x]}
    """,
    """
    r.yaml:3:45: task 'a' has collections and no outputs
      add 'outputs:', which a collection counts
    """),
  WrongRecipe(
    "a section of no collection",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [a], section: x}
    """,
    """
    r.yaml:3:42: task 'a' has a section and no collections
      add 'collections:', or leave it out
    """),
  WrongRecipe(
    "credits below zero",
    """
    recipe: r
    tasks:
      a: {kind: docs, credits: -1}
    """,
    """
    r.yaml:3:28: 'credits' is -1
      write a whole number from 0 to 1000000000000
    """),
  WrongRecipe(
    "a number of attempts out of range",
    """
    recipe: r
    tasks:
      a: {kind: docs, max_attempts: 0}
    """,
    """
    r.yaml:3:33: 'max_attempts' is 0
      write a whole number from 1 to 1000
    """),
  WrongRecipe(
    "a policy that does not exist",
    """
    recipe: r
    tasks:
      a: {kind: docs}
      b: {kind: docs, needs: [a], needs_policy: any}
    """,
    """
    r.yaml:4:45: 'needs_policy' cannot be 'any'
      it can be: all, settled
    """),
  WrongRecipe(
    "a need that is no task",
    """
    recipe: r
    tasks:
      style: {kind: docs}
      b: {kind: docs, needs: [stile]}
    """,
    """
    r.yaml:4:27: there is no task 'stile'
      did you mean 'style'?
    """),
  WrongRecipe(
    "needs that are no list",
    """
    recipe: r
    tasks:
      a: {kind: docs}
      b: {kind: docs, needs: a}
    """,
    """
    r.yaml:4:26: 'needs' is a text, no list
      write [a], or lines with '- '
    """),
  WrongRecipe(
    "a circle of needs",
    """
    recipe: r
    tasks:
      a: {kind: docs, needs: [b]}
      b: {kind: docs, needs: [c]}
      c: {kind: docs, needs: [b]}
    """,
    """
    r.yaml:5:27: tasks wait for each other: 'b' → 'c' → 'b'
      take one of these needs, foreach or outputs out
    """),
  WrongRecipe(
    "a task that needs itself",
    """
    recipe: r
    tasks:
      a: {kind: docs, needs: [a]}
    """,
    """
    r.yaml:3:27: tasks wait for each other: 'a' → 'a'
      take one of these needs, foreach or outputs out
    """),
  WrongRecipe(
    "a foreach over an input that does not exist",
    """
    recipe: r
    inputs: {rooms: {type: list}}
    tasks:
      a: {kind: docs, foreach: {room: inputs.room}}
    """,
    """
    r.yaml:4:35: there is no input 'room'
      did you mean 'rooms'?
    """),
  WrongRecipe(
    "a foreach over the bare name of an input",
    """
    recipe: r
    inputs: {rooms: {type: list}}
    tasks:
      a: {kind: docs, foreach: {room: rooms}}
    """,
    """
    r.yaml:4:35: no variable 'rooms' in task 'a'
      the input is called inputs.rooms
    """),
  WrongRecipe(
    "a foreach over the bare name of a task",
    """
    recipe: r
    tasks:
      style: {kind: docs}
      a: {kind: docs, foreach: {of: style}}
    """,
    """
    r.yaml:4:33: no variable 'style' in task 'a'
      foreach goes through tasks as 'variable: tasks.NAME'; what a task has made is outputs.NAME.MEMBER
    """),
  WrongRecipe(
    "a foreach over an input that is no list",
    """
    recipe: r
    inputs: {images: {type: integer}}
    tasks:
      a: {kind: docs, foreach: {n: inputs.images}}
    """,
    """
    r.yaml:4:32: 'inputs.images' is no list
      go through an input of type list, files or json, the output of a task, or a list in [ ]
    """),
  WrongRecipe(
    "a foreach over an empty list",
    """
    recipe: r
    tasks:
      a: {kind: docs, foreach: {n: []}}
    """,
    """
    r.yaml:3:32: 'n' goes through an empty list
      add an element
    """),
  WrongRecipe(
    "a foreach over a word",
    """
    recipe: r
    tasks:
      a: {kind: docs, foreach: {n: "all rooms"}}
    """,
    """
    r.yaml:3:32: 'all rooms' is nothing that 'foreach' can go through
      write inputs.NAME, outputs.TASK.MEMBER, tasks.TASK, an earlier variable's member, or a list in [ ]
    """),
  WrongRecipe(
    "a foreach over tasks that is not the first",
    """
    recipe: r
    tasks:
      a: {kind: docs}
      b: {kind: docs, foreach: {n: [x], t: tasks.a}}
    """,
    """
    r.yaml:4:37: only the first variable of 'foreach' can go through tasks
      put it first, and take the others from lists
    """),
  WrongRecipe(
    "a variable of a name that is taken",
    """
    recipe: r
    tasks:
      a: {kind: docs, foreach: {inputs: [x]}}
    """,
    """
    r.yaml:3:29: 'inputs' cannot be the name of a variable
      use another word
    """),
  WrongRecipe(
    "a variable of a name that is there already",
    """
    recipe: r
    tasks:
      a: {kind: docs, foreach: {n: [x]}}
      b:
        kind: docs
        foreach: {t: tasks.a, n: [y]}
    """,
    """
    r.yaml:6:27: there is a variable 'n' already, from line 3
      use another name
    """),
  WrongRecipe(
    "a foreach over the output of many tasks",
    """
    recipe: r
    tasks:
      a: {kind: docs, foreach: {n: [x]}, outputs: ["{n}.json"]}
      b: {kind: docs, foreach: {m: outputs.a.list}}
    """,
    """
    r.yaml:4:32: there can be many tasks 'a', and it is open whose output is meant
      begin the foreach of 'b' with a variable over tasks.a
    """),
  WrongRecipe(
    "a foreach over the output of a task that makes no JSON",
    """
    recipe: r
    tasks:
      a: {kind: docs, outputs: [a.html]}
      b: {kind: docs, foreach: {m: outputs.a.list}}
    """,
    """
    r.yaml:4:32: task 'a' does not say that it makes one JSON file
      give it 'outputs:' with one path that ends with .json
    """),
  WrongRecipe(
    "an object of another task that would become a key",
    """
    recipe: r
    tasks:
      plan: {kind: docs, outputs: [plan.json]}
      b:
        kind: docs
        foreach: {entity: outputs.plan.entities}
        key: b/{entity.name}
      c:
        kind: docs
        foreach: {of: tasks.b}
    """,
    """
    r.yaml:8:3: 'entity' is an object, of which no key can be made
      add 'key:' to task 'c', such as key: "c/{entity.name}"
    """),
  WrongRecipe(
    "an object that would become a key",
    """
    recipe: r
    tasks:
      plan: {kind: docs, outputs: [plan.json]}
      b:
        kind: docs
        foreach: {entity: outputs.plan.entities}
        prompt: About {entity.name}
    """,
    """
    r.yaml:4:3: 'entity' is an object, of which no key can be made
      add 'key:' to task 'b', such as key: "b/{entity.name}"
    """),
  WrongRecipe(
    "new_only that is a number",
    """
    recipe: r
    tasks:
      a: {kind: docs, foreach: {x: [1]}, outputs: ["{x}"], new_only: 3}
    """,
    """
    r.yaml:3:66: 'new_only' is the number 3
      write true, or {limit: 5}
    """),
  WrongRecipe(
    "new_only with a limit that is no input",
    """
    recipe: r
    tasks:
      a: {kind: docs, foreach: {x: [1]}, outputs: ["{x}"], new_only: {limit: "{x}"}}
    """,
    """
    r.yaml:3:74: 'limit' is neither a number nor an input
      write 5, or "{inputs.NAME}"
    """),
  WrongRecipe(
    "new_only with a limit that is a text",
    """
    recipe: r
    inputs: {n: {type: text}}
    tasks:
      a: {kind: docs, foreach: {x: [1]}, outputs: ["{x}"], new_only: {limit: "{inputs.n}"}}
    """,
    """
    r.yaml:4:75: 'inputs.n' is no whole number
      name an input of type integer
    """),
  WrongRecipe(
    "new_only on a task without outputs",
    """
    recipe: r
    tasks:
      a: {kind: docs, foreach: {x: [1]}, new_only: true}
    """,
    """
    r.yaml:3:48: 'new_only' is for a task with outputs that goes through one list and needs no other
      put it on the first task of a group; what is made from that is left out with it
    """),
  WrongRecipe(
    "new_only on a task that needs another",
    """
    recipe: r
    tasks:
      b: {kind: docs}
      a: {kind: docs, foreach: {x: [1]}, outputs: ["{x}"], needs: [b], new_only: true}
    """,
    """
    r.yaml:4:78: 'new_only' is for a task with outputs that goes through one list and needs no other
      put it on the first task of a group; what is made from that is left out with it
    """),
  WrongRecipe(
    "new_only whose group is not known before a task has ended",
    """
    recipe: r
    tasks:
      a: {kind: docs, foreach: {x: [1]}, outputs: ["{x}.json"], new_only: true}
      b: {kind: docs, foreach: {y: tasks.a, z: outputs.a.parts}, outputs: ["{x}/{z}"]}
    """,
    """
    r.yaml:4:44: 'a' has new_only, and what 'b' makes is not known before 'outputs.a.parts' is
      let it follow from inputs, or take 'new_only' out
    """),
  WrongRecipe(
    "new_only whose files are called by numbers",
    """
    recipe: r
    inputs: {names: {type: list}}
    tasks:
      a: {kind: docs, foreach: {x: inputs.names}, outputs: ["{x}.json"], new_only: true}
      b: {kind: docs, foreach: {y: tasks.a, z: [1, 2]}, outputs: ["{index.z}/{index.x}"]}
    """,
    """
    r.yaml:5:74: 'index.x' is another number when 'a' leaves groups out (new_only)
      put '{x}' into keys and outputs
    """),
  WrongRecipe(
    "the number of a task",
    """
    recipe: r
    tasks:
      a: {kind: docs, foreach: {x: [1]}}
      b: {kind: docs, foreach: {y: tasks.a}, title: "{index.y}"}
    """,
    """
    r.yaml:4:50: 'y' goes through tasks, which have no numbers
      use a variable of theirs, which goes through a list
    """),
  WrongRecipe(
    "a number that is folded",
    """
    recipe: r
    inputs: {n: {type: integer, fold: true}}
    tasks:
      a: {kind: docs}
    """,
    """
    r.yaml:2:35: an input of type integer cannot be folded
      leave 'fold' out; it is for text and list
    """),
]
