"""SymPy: expanding, factoring, differentiating, integrating, solving."""

import sympy


def main() -> None:
    x, y, z = sympy.symbols("x y z")
    print(sympy.expand((x + y + 1) ** 8))
    print(sympy.factor(x**6 - y**6))
    print(sympy.diff(sympy.sin(x**2) * sympy.exp(-x) / (1 + x), x))
    print(sympy.integrate(x**2 * sympy.exp(x) + 1 / (x**2 + 1), x))
    print(sympy.solve([x + y - 3, x * y - 2], [x, y]))
    print(sympy.simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2))
    print(sympy.Matrix([[1, 2, 3], [0, 1, 4], [5, 6, 0]]).inv(), sympy.Matrix(3, 3, range(9)).eigenvals())
    print(sympy.series(sympy.cos(x), x, 0, 8), sympy.limit(sympy.sin(x) / x, x, 0))
    print(
        sympy.factorint(2**64 - 1), sympy.isprime(2**61 - 1), list(sympy.primerange(50)), sympy.pi.evalf(40)
    )
    print(sympy.groebner([x * y - z, x**2 - y], x, y, z))


main()
