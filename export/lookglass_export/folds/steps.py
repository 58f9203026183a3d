"""The parts of a small step of the cloth's simulation, as Warp's kernels; see `cloth` for their sources."""

import warp as wp

Points, Floats = wp.array(dtype=wp.vec3), wp.array(dtype=float)


@wp.kernel
def predict(
    x: Points, old: Points, v: Points, dt: float, fall: float, keep: float,
):  # fmt: skip
    i = wp.tid()
    old[i] = x[i]
    v[i] = v[i] * keep + wp.vec3(0.0, 0.0, -fall * dt)
    x[i] = x[i] + v[i] * dt


@wp.kernel
def stretch(
    x: Points, w: Floats, edges: wp.array(dtype=wp.vec2i), rest: Floats, soft: float, count: int,
    backwards: int,
):  # fmt: skip
    # One thread: Gauss and Seidel in a fixed order need no colours, and give the same result every time.
    for k in range(count):
        e = k
        if backwards == 1:
            e = count - 1 - k
        a = edges[e][0]
        b = edges[e][1]
        d = x[a] - x[b]
        length = wp.length(d)
        if length > 1.0e-9:
            move = d * ((length - rest[e]) / (length * (w[a] + w[b] + soft)))
            x[a] = x[a] - w[a] * move
            x[b] = x[b] + w[b] * move


@wp.kernel
def bend(
    x: Points, w: Floats, hinges: wp.array(dtype=wp.vec4i), c: wp.array(dtype=wp.vec4), soft: float,
    count: int,
):  # fmt: skip
    for h in range(count):
        i = hinges[h]
        g = c[h]
        bent = g[0] * x[i[0]] + g[1] * x[i[1]] + g[2] * x[i[2]] + g[3] * x[i[3]]
        size = soft
        for k in range(4):
            size += w[i[k]] * g[k] * g[k]
        for k in range(4):
            x[i[k]] = x[i[k]] - bent * (w[i[k]] * g[k] / size)


@wp.kernel
def touch(
    mesh: wp.uint64, x: Points, smooth: Points, reach: float, at: Points, out: Points, speed: Points,
):  # fmt: skip
    i = wp.tid()
    found = wp.mesh_query_point_no_sign(mesh, x[i], reach)
    out[i] = wp.vec3(0.0, 0.0, 0.0)
    if found.result:
        m = wp.mesh_get(mesh)
        a = m.indices[3 * found.face]
        b = m.indices[3 * found.face + 1]
        c = m.indices[3 * found.face + 2]
        n = wp.normalize(found.u * smooth[a] + found.v * smooth[b] + (1.0 - found.u - found.v) * smooth[c])
        p = wp.mesh_eval_position(mesh, found.face, found.u, found.v)
        d = x[i] - p
        # Beside an edge of the body the way out is the way from it.
        if wp.dot(d, n) > 0.5 * wp.length(d) and wp.length(d) > 1.0e-3:
            n = wp.normalize(d)
        at[i] = p
        out[i] = n
        speed[i] = wp.mesh_eval_velocity(mesh, found.face, found.u, found.v)


@wp.kernel
def collide(
    x: Points, old: Points, at: Points, out: Points, speed: Points, passed: float, dt: float, thick: float,
    friction: float, held: Floats,
):  # fmt: skip
    i = wp.tid()
    n = out[i]
    if wp.dot(n, n) > 0.0:
        depth = thick - wp.dot(x[i] - at[i] - speed[i] * passed, n)
        if depth > 0.0:
            x[i] = x[i] + n * depth
            slid = x[i] - old[i] - speed[i] * dt
            slid = slid - n * wp.dot(slid, n)
            far = wp.length(slid)
            if far > 1.0e-9:
                x[i] = x[i] - slid * wp.max(held[i], wp.min(1.0, friction * depth / far))


@wp.kernel
def finish(
    x: Points, old: Points, v: Points, dt: float, most: float,
):  # fmt: skip
    i = wp.tid()
    v[i] = (x[i] - old[i]) / dt
    fast = wp.length(v[i])
    if fast > most:
        v[i] = v[i] * (most / fast)
