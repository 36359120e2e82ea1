"""Vectors of 16 float32 and register tiles of them, as values in compiled functions.

LLVM splits a vector into as many registers as the processor has it in: one with AVX-512, two
with AVX2, four with NEON or SSE. A lane never meets another, and every operation is rounded
once, as IEEE 754 says (`fma`: product and sum together), so all processors give the same bits.

Arrays are float32. `load`, `store` and tiles count their places in vectors from an array's first
element, a float that is spread over all lanes (`outer` with scalars) in floats.
"""

from functools import wraps

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

LANES = 16
VECTOR = ir.VectorType(ir.FloatType(), LANES)
ZERO = ir.Constant(VECTOR, [0.0] * LANES)
UNDEFINED = ir.Constant(VECTOR, ir.Undefined)
INT32 = ir.IntType(32)


class Floats(types.Type):
    """Numba's type of a vector."""


floats = Floats(f"float32x{LANES}")
register_model(Floats)(lambda manager, kind: models.PrimitiveModel(manager, kind, VECTOR))


def _plain(context, b, kind, value):
    """A value as LLVM has it; of an array, the address of its first float."""
    is_array = isinstance(kind, types.Array)
    return context.make_array(kind)(context, b, value).data if is_array else value


def instruction(returns, emit):
    """A function for compiled code, from what emits its instructions.

    Args:
        returns: Numba's type of its value.
        emit: takes an IR builder and the arguments; for an array, the address of its first float.
    """

    def code(context, b, signature, values):
        pairs = zip(signature.args, values, strict=True)
        value = emit(b, *(_plain(context, b, *pair) for pair in pairs))
        return context.get_dummy_value() if returns == types.void else value

    @wraps(emit)  # Numba asks for its signature
    def typed(context, *kinds):
        return returns(*kinds), code

    return intrinsic(typed)


# --- Vectors --------------------------------------------------------------------------------


def _pointer(b, data, index, constant=0, unit=LANES):
    """The address `unit`·(index + constant) floats after data's."""
    index = b.add(index, ir.Constant(index.type, constant))
    return b.gep(data, [b.mul(index, ir.Constant(index.type, unit))])


def _load(b, data, index, constant=0):
    pointer = _pointer(b, data, index, constant)
    return b.load(b.bitcast(pointer, VECTOR.as_pointer()), align=4)


def _store(b, value, data, index, constant=0):
    pointer = _pointer(b, data, index, constant)
    b.store(value, b.bitcast(pointer, VECTOR.as_pointer()), align=4)


def _spread(b, scalar):
    first = b.insert_element(UNDEFINED, scalar, ir.Constant(INT32, 0))
    lanes = ir.Constant(ir.VectorType(INT32, LANES), [0] * LANES)
    return b.shuffle_vector(first, UNDEFINED, lanes)


def _fma(b, x, y, z):
    kind = ir.FunctionType(VECTOR, [VECTOR] * 3)
    name = f"llvm.fma.v{LANES}f32"
    function = b.module.globals.get(name) or ir.Function(b.module, kind, name)
    return b.call(function, [x, y, z])


load = instruction(floats, lambda b, array, index: _load(b, array, index))
store = instruction(types.void, lambda b, value, array, index: _store(b, value, array, index))
spread = instruction(floats, _spread)  # a float32 in every lane
add = instruction(floats, lambda b, x, y: b.fadd(x, y))
multiply = instruction(floats, lambda b, x, y: b.fmul(x, y))
fma = instruction(floats, _fma)  # x · y + z, rounded once
# a where x > y, else z; a where x = y, else z.
if_greater = instruction(floats, lambda b, x, y, a, z: b.select(b.fcmp_ordered(">", x, y), a, z))
if_equal = instruction(floats, lambda b, x, y, a, z: b.select(b.fcmp_ordered("==", x, y), a, z))


# --- Tiles: rows × columns vectors that stay in registers, as a tuple, row by row -----------


def tile(rows, columns):
    """(zeros, load, store) of tiles whose rows lie `stride` vectors apart in an array."""
    kind = types.UniTuple(floats, rows * columns)
    raw = ir.ArrayType(VECTOR, rows * columns)

    def places(b, index, stride):
        """Number, row's index and column of each vector."""
        for row in range(rows):
            for column in range(columns):
                yield row * columns + column, index, column
            index = b.add(index, stride)

    def zeros(b):
        return ir.Constant(raw, [ZERO] * (rows * columns))

    def load_tile(b, array, index, stride):
        t = ir.Constant(raw, ir.Undefined)
        for number, row, column in places(b, index, stride):
            t = b.insert_value(t, _load(b, array, row, column), number)
        return t

    def store_tile(b, t, array, index, stride):
        for number, row, column in places(b, index, stride):
            _store(b, b.extract_value(t, number), array, row, column)

    of_tile = instruction(kind, zeros), instruction(kind, load_tile)
    return *of_tile, instruction(types.void, store_tile)


def outer(rows, columns, scalars):
    """update(t, a, i, stride, x, j, width): the tile t[r][c] + a[r]·x[c], a fused step each.

    Args:
        rows: number of a's elements; a[r] lies at i + r·stride.
        columns: (down, right) of each of x's: x[c] lies at j + down·width + right.
        scalars: whether a's elements are floats, each spread over all lanes, or vectors.
    """

    def element(b, a, i):
        return _spread(b, b.load(_pointer(b, a, i, unit=1))) if scalars else _load(b, a, i)

    def update(b, t, a, i, stride, x, j, width):
        factors = []
        for _ in range(rows):
            factors.append(element(b, a, i))
            i = b.add(i, stride)
        for column, (down, right) in enumerate(columns):
            start = b.add(j, b.mul(width, ir.Constant(width.type, down))) if down else j
            value = _load(b, x, start, right)
            for row, factor in enumerate(factors):
                at = row * len(columns) + column
                t = b.insert_value(t, _fma(b, value, factor, b.extract_value(t, at)), at)
        return t

    return instruction(types.UniTuple(floats, rows * len(columns)), update)
