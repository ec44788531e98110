/// Recipes with wrong texts and names.
let wrongTexts: [WrongRecipe] = [
  WrongRecipe(
    "a placeholder that nothing defines",
    """
    recipe: r
    inputs: {rooms: {type: list}}
    tasks:
      a:
        kind: docs
        foreach: {room: inputs.rooms}
        prompt: |
          Write about
            the {roon} of the house.
    """,
    """
    r.yaml:9:13: no variable 'roon' in task 'a'
      did you mean 'room'?
    """),
  WrongRecipe(
    "a placeholder for an input that does not exist",
    """
    recipe: r
    inputs: {rooms: {type: list}}
    tasks:
      a:
        kind: docs
        prompt: All {inputs.roms}
    """,
    """
    r.yaml:6:17: there is no input 'roms'
      did you mean 'rooms'?
    """),
  WrongRecipe(
    "an input that is called like a variable",
    """
    recipe: r
    inputs: {topic: {type: text}}
    tasks:
      a: {kind: docs, prompt: "About {topic}"}
    """,
    """
    r.yaml:4:34: no variable 'topic' in task 'a'
      the input is called inputs.topic
    """),
  WrongRecipe(
    "a member of a text",
    """
    recipe: r
    inputs: {topic: {type: text}}
    tasks:
      a: {kind: docs, prompt: "About {inputs.topic.name}"}
    """,
    """
    r.yaml:4:34: 'inputs.topic.name': what stands before 'name' has no members
      leave '.name' out; values of type json and outputs have members
    """),
  WrongRecipe(
    "a brace that is no placeholder",
    """
    recipe: r
    tasks:
      a:
        kind: docs
        prompt: |
          Answer as {"name": "…"}
    """,
    """
    r.yaml:6:17: '{"name": "…"}' is no placeholder
      write {{ for a brace; a placeholder is {name}, {name.member}, {inputs.name} or {outputs.task.member}
    """),
  WrongRecipe(
    "a brace that ends no placeholder",
    """
    recipe: r
    tasks:
      a:
        kind: docs
        prompt: >-
          one
          two } three
    """,
    """
    r.yaml:7:11: a '}' that ends no placeholder
      write }} for a brace
    """),
  WrongRecipe(
    "a payload that is no mapping",
    """
    recipe: r
    tasks:
      a: {kind: docs, payload: [1]}
    """,
    """
    r.yaml:3:28: 'payload' is a list, no mapping
      write 'name: value' in lines under it
    """),
  WrongRecipe(
    "a prompt inside the payload",
    """
    recipe: r
    tasks:
      a:
        kind: docs
        payload:
          prompt: Write
    """,
    """
    r.yaml:6:7: 'prompt' in the payload is made from the task's own 'prompt'
      write it beside 'payload', not inside
    """),
  WrongRecipe(
    "a number that JSON does not have",
    """
    recipe: r
    tasks:
      a: {kind: docs, payload: {x: .inf}}
    """,
    """
    r.yaml:3:32: the number .inf cannot be kept exactly
      put it in quotes to have it as text
    """),
  WrongRecipe(
    "outputs that are the same for all",
    """
    recipe: r
    tasks:
      a:
        kind: docs
        foreach: {room: [kitchen, bath]}
        outputs: [room.json]
    """,
    """
    r.yaml:6:15: every task 'a' would have the same output
      put in one of {room}
    """),
  WrongRecipe(
    "a key that is the same for all",
    """
    recipe: r
    tasks:
      a:
        kind: docs
        foreach: {room: [kitchen, bath]}
        key: room
    """,
    """
    r.yaml:6:10: every task 'a' would have the same key
      put in one of {room}
    """),
]
