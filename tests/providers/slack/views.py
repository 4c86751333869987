"""views.*: modals (a stack of three, opened by a trigger) and the Home tab."""

from tests.providers.slack.blocks import view_faults
from tests.providers.slack.shapes import view_json
from tests.providers.slack.state import Gesture, Json, SlackError, View, Workspace

TRIGGER_SECONDS = 3  # docs.slack.dev/surfaces/modals
STACK = 3  # views.push


def check_view(space: Workspace, view: object, kind: str) -> Json:
    """The view if Slack would take it; else invalid_arguments with its sentences."""

    def image_known(file_id: str) -> bool:
        return file_id in space.files and space.files[file_id].completed

    faults = view_faults(view, image_known=image_known)
    if not faults and isinstance(view, dict) and view["type"] != kind:
        faults = [f"[ERROR] must be a {kind} view [json-pointer:/view/type]"]
    if faults:
        raise SlackError("invalid_arguments", errors=faults, response_metadata={"messages": faults})
    assert isinstance(view, dict)
    return view


def _trigger(space: Workspace, args: Json) -> Gesture:
    gesture = space.gestures.get(str(args.get("trigger_id")))
    if gesture is None:
        raise SlackError("invalid_trigger_id")
    if gesture.trigger_used:
        raise SlackError("exchanged_trigger_id")
    if space.clock.now() - gesture.at > TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    return gesture


def stack_of(space: Workspace, user: str) -> list[str]:
    """Ids of the modals a person has open, the top one last."""
    return space.stacks.setdefault(user, [])


def put(space: Workspace, user: str, body: Json) -> View:
    """A modal on top of a person's stack."""
    stack = stack_of(space, user)
    view = View(id=space.new_id("V"), user=user, body=body)
    view.root_id = stack[0] if stack else view.id
    view.previous_id = stack[-1] if stack else None
    space.views[view.id] = view
    stack.append(view.id)
    space.touch()
    return view


def shut(space: Workspace, user: str, count: int) -> None:
    """Close so many modals of a person, from the top."""
    stack = stack_of(space, user)
    for _ in range(min(count, len(stack))):
        space.views[stack.pop()].open = False
    space.touch()


def open_view(space: Workspace, args: Json) -> Json:
    """views.open: a new stack."""
    body = check_view(space, args["view"], "modal")
    gesture = _trigger(space, args)
    gesture.trigger_used = True
    shut(space, gesture.user, STACK)
    return {"view": view_json(space, put(space, gesture.user, body))}


def push_view(space: Workspace, args: Json) -> Json:
    """views.push: on top of the view whose gesture this is."""
    body = check_view(space, args["view"], "modal")
    gesture = _trigger(space, args)
    stack = stack_of(space, gesture.user)
    if not stack or gesture.view_id not in stack:
        raise SlackError("not_found")
    if len(stack) >= STACK:
        raise SlackError("push_limit_reached")
    gesture.trigger_used = True
    return {"view": view_json(space, put(space, gesture.user, body))}


def update_view(space: Workspace, args: Json) -> Json:
    """views.update: a stale hash is hash_conflict; a closed view is not_found."""
    body = check_view(space, args["view"], "modal")
    name = args.get("external_id")
    found = [
        v
        for v in space.views.values()
        if v.open and (v.id == args.get("view_id") or (name and v.body.get("external_id") == name))
    ]
    if not found:
        raise SlackError("not_found")
    view = found[-1]
    if "hash" in args and args["hash"] != view.hash:
        raise SlackError("hash_conflict")
    change(space, view, body)
    return {"view": view_json(space, view)}


def change(space: Workspace, view: View, body: Json) -> None:
    """New content, new hash."""
    view.body, view.number = body, view.number + 1
    space.touch()


def publish_view(space: Workspace, args: Json) -> Json:
    """views.publish: the Home tab of one person."""
    user = str(args["user_id"])
    if user not in space.accounts:
        raise SlackError("user_not_found")
    body = check_view(space, args["view"], "home")
    view = space.homes.get(user)
    if "hash" in args and (view is None or args["hash"] != view.hash):
        raise SlackError("hash_conflict")
    if view is None:
        view = View(id=space.new_id("V"), user=user, body=body)
        space.homes[user] = space.views[view.id] = view
        space.touch()
    else:
        change(space, view, body)
    return {"view": view_json(space, view)}
