"""Vectors of 16 float32 and register tiles of them, as values in compiled functions.

LLVM splits a vector into as many registers as the processor has it in: one with AVX-512, two
with AVX2, four with NEON or SSE. A lane never meets another, and every operation is rounded
once, as IEEE 754 says (`fma`: product and sum together), so all processors give the same bits.

Arrays are one-dimensional float32. `load`, `store` and tiles count their places in vectors,
a float that is spread over all lanes (`outer` with scalars) in floats.
"""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

# Numba reads the types of these functions off what they return, not off annotations.

LANES = 16
VECTOR = ir.VectorType(ir.FloatType(), LANES)
ZERO = ir.Constant(VECTOR, [0.0] * LANES)
UNDEFINED = ir.Constant(VECTOR, ir.Undefined)
INT32 = ir.IntType(32)


class Floats(types.Type):
    """Numba's type of a vector."""

    def __init__(self):
        super().__init__(f"float32x{LANES}")


floats = Floats()


@register_model(Floats)
class FloatsModel(models.PrimitiveModel):
    """A vector is LLVM's own."""

    def __init__(self, manager, kind):
        super().__init__(manager, kind, VECTOR)


# --- Instructions: b is an IR builder -------------------------------------------------------


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


def _load_spread(b, data, index):
    return _spread(b, b.load(_pointer(b, data, index, unit=1)))


def _fma(b, x, y, z):
    kind = ir.FunctionType(VECTOR, [VECTOR] * 3)
    name = f"llvm.fma.v{LANES}f32"
    function = b.module.globals.get(name) or ir.Function(b.module, kind, name)
    return b.call(function, [x, y, z])


def _array(context, b, kind, array):
    """The address of an array's first float."""
    return context.make_array(kind)(context, b, array).data


# --- Operations on vectors --------------------------------------------------------------------


def _operation(emit):
    """A function of vectors for compiled code, from its instructions: of a builder and values."""

    def code(context, b, signature, values):
        return emit(b, *values)

    of = {
        2: lambda context, x, y: (floats(x, y), code),
        3: lambda context, x, y, z: (floats(x, y, z), code),
        4: lambda context, x, y, z, a: (floats(x, y, z, a), code),
    }
    return intrinsic(of[emit.__code__.co_argcount - 1])


add = _operation(lambda b, x, y: b.fadd(x, y))
multiply = _operation(lambda b, x, y: b.fmul(x, y))
fma = _operation(_fma)  # x · y + z, rounded once
# x where it is greater than least, else least; NaN stays NaN.
at_least = _operation(lambda b, x, least: b.select(b.fcmp_ordered("<", x, least), least, x))
# a where x > y, else z; a where x = y, else z.
where_greater = _operation(lambda b, x, y, a, z: b.select(b.fcmp_ordered(">", x, y), a, z))
where_equal = _operation(lambda b, x, y, a, z: b.select(b.fcmp_ordered("==", x, y), a, z))


@intrinsic
def spread(context, x):
    """A float32 in every lane."""
    return floats(types.float32), lambda context, b, signature, values: _spread(b, *values)


@intrinsic
def load(context, array, index):
    """Vector number `index` of an array."""

    def emit(context, b, signature, values):
        return _load(b, _array(context, b, array, values[0]), values[1])

    return floats(array, types.intp), emit


@intrinsic
def store(context, value, array, index):
    """Put a value at vector number `index` of an array."""

    def emit(context, b, signature, values):
        _store(b, values[0], _array(context, b, array, values[1]), values[2])
        return context.get_dummy_value()

    return types.void(value, array, types.intp), emit


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

    @intrinsic
    def zeros(context):
        return kind(), lambda *_: ir.Constant(raw, [ZERO] * (rows * columns))

    @intrinsic
    def load_tile(context, array, index, stride):
        def emit(context, b, signature, values):
            data, tile = _array(context, b, array, values[0]), ir.Constant(raw, ir.Undefined)
            for number, row, column in places(b, *values[1:]):
                tile = b.insert_value(tile, _load(b, data, row, column), number)
            return tile

        return kind(array, types.intp, types.intp), emit

    @intrinsic
    def store_tile(context, tile, array, index, stride):
        def emit(context, b, signature, values):
            data = _array(context, b, array, values[1])
            for number, row, column in places(b, *values[2:]):
                _store(b, b.extract_value(values[0], number), data, row, column)
            return context.get_dummy_value()

        return types.void(kind, array, types.intp, types.intp), emit

    return zeros, load_tile, store_tile


def outer(rows, columns, scalars):
    """update(t, a, i, stride, x, j, width): the tile t[r][c] + a[r]·x[c], a fused step each.

    Args:
        rows: number of a's elements; a[r] lies at i + r·stride.
        columns: (down, right) of each of x's: x[c] lies at j + down·width + right.
        scalars: whether a's elements are floats, each spread over all lanes, or vectors.
    """
    kind = types.UniTuple(floats, rows * len(columns))

    @intrinsic
    def update(context, t, a, i, stride, x, j, width):
        def emit(context, b, signature, values):
            t, factors, i, stride, data, j, width = values
            factors, data = _array(context, b, a, factors), _array(context, b, x, data)
            of_rows = []
            for _ in range(rows):
                of_rows.append(_load_spread(b, factors, i) if scalars else _load(b, factors, i))
                i = b.add(i, stride)
            for column, (down, right) in enumerate(columns):
                start = b.add(j, b.mul(width, ir.Constant(width.type, down))) if down else j
                value = _load(b, data, start, right)
                for number, factor in enumerate(of_rows):
                    at = number * len(columns) + column
                    t = b.insert_value(t, _fma(b, value, factor, b.extract_value(t, at)), at)
            return t

        intp = types.intp
        return kind(kind, a, intp, intp, x, intp, intp), emit

    return update
