"""An interpreter of a small Lisp, running a few programs."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

PROGRAM = """
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(define (range a b) (if (= a b) (list) (cons a (range (+ a 1) b))))
(define (map f l) (if (empty? l) l (cons (f (first l)) (map f (rest l)))))
(define (sum l) (if (empty? l) 0 (+ (first l) (sum (rest l)))))
(define (prime? n k) (if (> (* k k) n) true (if (= (% n k) 0) false (prime? n (+ k 1)))))
(define (count-primes a b) (if (= a b) 0 (+ (if (prime? a 2) 1 0) (count-primes (+ a 1) b))))
(define (adder n) (lambda (x) (+ x n)))
(define (queens n)
  (let ((try 0))
    (begin
      (set! try (lambda (row placed)
        (if (= row n) 1 (each row placed 0))))
      (define (safe? col placed distance)
        (if (empty? placed) true
          (let ((other (first placed)))
            (if (or (= col other) (= (abs (- col other)) distance)) false
              (safe? col (rest placed) (+ distance 1))))))
      (define (each row placed col)
        (if (= col n) 0
          (+ (if (safe? col placed 1) (try (+ row 1) (cons col placed)) 0)
             (each row placed (+ col 1)))))
      (try 0 (list)))))
(print (fib 23))
(print (sum (map (lambda (x) (* x x)) (range 0 250))))
(print (count-primes 2 180))
(print ((adder 0.5) 41.5))
(print (queens 7))
"""

Environment = dict[str, Any]


@dataclass
class Scope:
    """Names and what they stand for, then those of the scope around."""

    names: Environment = field(default_factory=dict)
    around: Scope | None = None

    def find(self, name: str) -> Scope:
        """The scope that knows the name. Raises NameError."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.around
        raise NameError(name)


@dataclass
class Function:
    """A function made by the program."""

    parameters: list[str]
    body: Any
    scope: Scope


def read(tokens: Iterator[str]) -> Any:
    """The next expression."""
    token = next(tokens)
    if token == "(":
        items = []
        while (item := read(tokens)) != ")":
            items.append(item)
        return items
    for kind in (int, float):
        try:
            return kind(token)
        except ValueError:
            pass
    return token


def evaluate(x: Any, scope: Scope) -> Any:  # noqa: PLR0911, PLR0912 (one case for each form)
    """The value of an expression."""
    while True:
        if isinstance(x, str):
            return scope.find(x).names[x]
        if not isinstance(x, list):
            return x
        match x:
            case ["if", test, yes, no]:
                x = yes if evaluate(test, scope) else no
            case ["define", [name, *parameters], body]:
                scope.names[name] = Function(parameters, body, scope)
                return None
            case ["lambda", parameters, body]:
                return Function(parameters, body, scope)
            case ["set!", name, value]:
                scope.find(name).names[name] = evaluate(value, scope)
                return None
            case ["let", bindings, body]:
                scope = Scope({name: evaluate(value, scope) for name, value in bindings}, scope)
                x = body
            case ["begin", *body, last]:
                for part in body:
                    evaluate(part, scope)
                x = last
            case ["or", left, right]:
                if value := evaluate(left, scope):
                    return value
                x = right
            case [head, *arguments]:
                function = evaluate(head, scope)
                values = [evaluate(argument, scope) for argument in arguments]
                if not isinstance(function, Function):
                    return function(*values)
                scope = Scope(dict(zip(function.parameters, values, strict=True)), function.scope)
                x = function.body


BUILTINS: dict[str, Callable[..., Any] | bool] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "%": operator.mod,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "abs": abs,
    "list": lambda *items: list(items),
    "cons": lambda item, items: [item, *items],
    "first": lambda items: items[0],
    "rest": lambda items: items[1:],
    "empty?": lambda items: not items,
    "print": print,
    "true": True,
    "false": False,
}


def main() -> None:
    """Run the program above."""
    scope = Scope(dict(BUILTINS))
    tokens = iter(PROGRAM.replace("(", " ( ").replace(")", " ) ").split())
    while True:
        try:
            expression = read(tokens)
        except StopIteration:
            return
        evaluate(expression, scope)


if __name__ == "__main__":
    main()
