"""Attribute reads and writes: balls bouncing in a box, without any method calls in the loop."""

SIZE = 29_000
SIZE_CHECK = 5


class Ball:
    gravity = 0.02

    def __init__(self, x: float, y: float, dx: float, dy: float) -> None:
        self.x = x
        self.y = y
        self.dx = dx
        self.dy = dy
        self.bounces = 0
        self.resting = False


class Box:
    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self.steps = 0


def advance(balls: list[Ball], box: Box) -> None:
    """Move every ball by one step."""
    for ball in balls:
        if ball.resting:
            continue
        ball.dy = ball.dy + ball.gravity
        ball.x += ball.dx
        ball.y += ball.dy
        if ball.x < 0.0:
            ball.x = -ball.x
            ball.dx = -ball.dx
            ball.bounces += 1
        elif ball.x > box.width:
            ball.x = 2.0 * box.width - ball.x
            ball.dx = -ball.dx
            ball.bounces += 1
        if ball.y > box.height:
            ball.y = 2.0 * box.height - ball.y
            ball.dy = -ball.dy * 0.98
            ball.bounces += 1
            if abs(ball.dx) + abs(ball.dy) < 0.001:
                ball.resting = True
    box.steps += 1


def run(size: int) -> object:
    """Advance 100 balls `size` steps."""
    box = Box(100.0, 80.0)
    balls = [Ball(n * 0.9, n * 0.5, 0.1 + n % 7 * 0.3, n % 5 * 0.1) for n in range(100)]
    for _ in range(size):
        advance(balls, box)
    return (
        box.steps,
        sum(ball.bounces for ball in balls),
        round(sum(ball.x for ball in balls), 6),
        round(sum(ball.y for ball in balls), 6),
    )
