#version 330
// Clothes are closed shells; where a garment ends is decided here, per pixel, in canonical coordinates.
in vec3 world;
in vec3 facing;
in vec2 in_product;
in vec4 at;
in vec3 limb;
flat in float label_of_body;

// KIND is one of these, fixed when the program is compiled: a software rasterizer runs both sides of a branch.
const int SKIN = 0, TOP = 1, BOTTOM = 2, HAIR = 3, EYE = 4, STRAP = 5, COLLAR = 6, LOWER = 7;
uniform int part;           // of the uncut pass: 0 torso, 1 left sleeve, 2 right sleeve
uniform bool flat_lay;
uniform float label;
uniform vec3 eye;
uniform vec3 light;
uniform vec3 light_colour;
uniform vec3 ambient;
uniform vec3 base;
uniform vec3 accent;
uniform vec3 lining;
uniform float gloss;
uniform float wrinkles;
uniform float seed;
uniform vec4 cut;           // sleeve end, hem z, neck z, strap half width (0: none)
uniform vec4 neck;          // half width, front depth, back depth, 1 for a V
uniform vec3 opening;       // half width at the neck and at the hem, slant below which it spreads; x < 0 none
uniform vec4 ribs;          // widths (m) of the ribs at cuff, hem, neck; lapel width
uniform vec2 collar;        // how its base falls forwards and how far out it stands; 0 for a plain neckline
uniform float stitch;       // how dark seams are, 0 none
uniform float inner;        // gain of a top's inside
uniform vec2 creases;       // how deep the folds of a top are, 0 none, and how close together
uniform vec2 bottom_cut;    // leg end, waist z
uniform vec4 lower_cut;     // hem (share of the leg; z of a skirt), waist z in front and behind, 1 for a skirt
uniform vec4 sewn;          // waistband (m), fly, pockets (1 slanted, 2 curved), belt loops
uniform vec4 trims;         // width (m) of what ends the leg (< 0: turned up), crease, drawstring, worn thighs
uniform vec4 thread;        // colour of seams, and how much they show
uniform vec4 wash;          // of denim: worn thighs and knees, whiskers, seams along the legs, mottling; 0 none
uniform vec3 pleats;        // how many, how sharp, and where the first lies (radians)
uniform float past_seam;    // how far (m) an uncut shell goes on past the hem of a top, the waist of what is lower
uniform float shoe_top;     // share of the leg where shoes begin
uniform vec4 shoe;          // sole (m), toe cap (m), laces, share of the leg where socks begin; 0 for plain shoes
uniform mat3 shoe_colours;  // of soles and toe caps, laces, socks
uniform vec4 head;          // hair line z, hair line y, beard, glasses
uniform vec3 hair_colour;
uniform vec2 hair_cut;      // hair shell: lowest z, face opening top z
uniform vec4 eyes;          // canonical x, y, z of the left eye; radius
uniform float tile;         // metres per repeat of the pattern
uniform sampler2D pattern;
uniform sampler2D decor;
uniform sampler2D folds_map;  // periodic over 8 x 8 units: height, its two slopes, fine noise
#ifdef UNCUT  // the whole shell, for flow: no colour
layout(location = 0) out vec4 exact;
#else
layout(location = 0) out vec4 colour;
layout(location = 1) out vec4 ids;      // parse label, part + 1, 1 seen from inside (of a body: a shoe), -
layout(location = 2) out vec4 exact;    // product x, y, margin (m), distance
#endif

float hash(vec2 p) { return fract(sin(dot(p, vec2(127.1, 311.7)) + seed) * 43758.5453); }
vec3 waves(vec2 p) { return texture(folds_map, (p + seed) / 8.0).xyz; }
float folds(vec2 p) { return waves(p).x; }
float noise(vec2 p) { return texture(folds_map, (p + seed) / 8.0).w; }

bool front() { return at.y < 0.02; }

// Distance (m) from the hole that a collar's base, as `data/collar.py` rings the neck, leaves in its shell.
float beside_collar() {
    vec2 p = at.xy + vec2(0.0, 0.02);
    float r = length(p), ring = 0.061 + 0.018 * pow(abs(p.x) / r, 1.5) + 0.006 * clamp(-p.y / r, 0.0, 1.0);
    float base = 0.553 + 0.5 * (at.y + 0.01) + (collar.x - 0.5) * (at.y - 0.045);
    return max(base - 0.004 - at.z, r - ring - collar.y + 0.004);
}

// Signed distances (m) to cuff, hem, neckline; positive inside.
vec3 edges() {
    float reach = clamp(abs(at.x) / neck.x, 0.0, 1.0);
    float depth = mix(neck.y, neck.z, smoothstep(-0.01, 0.03, at.y));
    float curve = neck.w > 0.5 ? 1.0 - reach : sqrt(max(0.0, 1.0 - reach * reach));
    float top = cut.z - depth * curve + (abs(at.x) > neck.x ? 0.3 : 0.0) - at.z;
    if (collar.x > 0.0) top = neck.w > 0.5 && front() ? min(top, beside_collar()) : beside_collar();
    return vec3((cut.x - at.w) * 0.47, at.z - cut.y, top);
}
float strap_margin() { return cut.w + max(0.0, 0.44 - at.z) * 0.9 - abs(at.x); }
float opening_margin() {
    float t = clamp((cut.z - at.z) / (cut.z - cut.y), 0.0, 1.0);
    return abs(at.x) - mix(opening.x, opening.y, pow(t, opening.z));
}
float top_margin() {
    vec3 e = edges();
    float m = min(e.x, min(e.y, e.z));
    if (cut.w > 0.0) m = min(m, strap_margin());
    if (opening.x >= 0.0 && front() && abs(limb.x) < 0.5) m = min(m, opening_margin());
    return m;
}

// A collar's `limb` holds metres from its strip's first row (y) and from its last (z).
float line(float d) { return smoothstep(0.0045, 0.0015, abs(d)); }
float seams(bool inside) {
    if (KIND == COLLAR) return max(line(limb.y - 0.003), 0.6 * line(limb.z - 0.009)) - 0.4 * line(limb.z);
    vec3 e = edges();
    float s = 0.0;
    if (ribs.x > 0.0) s = max(s, line(e.x - ribs.x));
    if (ribs.y > 0.0) s = max(s, line(e.y - ribs.y));
    if (ribs.z > 0.0) s = max(s, line(e.z - ribs.z));
    if (inside) s = max(s, line(at.z - 0.50 - 0.03 * fract(seed * 0.37)));
    return s;
}

// Folds where cloth is pushed together: about armpits, down trunks, at elbows, above cuffs. Height and slopes.
vec3 deep_folds(bool sleeve) {
    vec2 bend = 0.03 * vec2(noise(at.xz * 5.0 + 7.0), noise(at.zx * 5.0 + 2.0));
    if (sleeve) {
        float elbow = exp(-pow((at.w - 0.53) / 0.13, 2.0)), cuff = exp(-pow((cut.x - 0.16 - at.w) / 0.09, 2.0));
        vec3 f = waves(creases.y * (vec2(limb.z * 7.0 + at.y * 5.0, at.w * 17.0 + limb.z * 9.0) + 9.0 * bend));
        return f * (0.35 + 0.9 * elbow + 0.7 * cuff * step(0.7, cut.x));
    }
    vec2 p = vec2(abs(at.x) - 0.155, at.z - 0.4) + bend;
    vec3 pit = waves(creases.y * vec2(atan(p.y, -p.x) * 2.2 + 4.0 * at.x + 6.0 * bend.x, length(p) * 7.0)) * exp(-length(p) / 0.08);
    float low = smoothstep(0.38, 0.1, at.z), skew = 2.5 * at.x * (0.25 - at.z);
    vec3 down = waves(creases.y * (vec2((at.x + at.y * 0.7 + skew) * 11.0, at.z * 3.0) + 8.0 * bend));
    return 0.9 * pit + (0.25 + 0.75 * low) * down;
}

vec3 cloth(inout vec3 n, bool inside, float margin) {
    bool sleeve = abs(limb.x) > 0.5;
    vec2 uv = sleeve ? vec2(limb.z + 0.2, at.w * 0.47 + 0.1) : at.xz + vec2(0.0, at.y * 0.15);
    vec3 c = texture(pattern, uv / tile).rgb;
    if (!sleeve && front() && KIND == TOP) {
        vec4 d = texture(decor, vec2(at.x / 0.72 + 0.5, (0.62 - at.z) / 0.72));
        c = mix(c, d.rgb, d.a);
    }
    if (KIND == TOP) {
        vec3 e = edges();
        bool rib = e.x < ribs.x || e.y < ribs.y || (e.z < ribs.z && cut.w == 0.0);
        if (rib) {
            float along = e.x < ribs.x ? limb.z : at.x;
            c = accent * (0.92 + 0.1 * sin(along * (stitch > 0.0 ? 450.0 : 1100.0)));
        }
        if (opening.x >= 0.0 && front() && !sleeve) {
            float o = opening_margin(), w = ribs.w * smoothstep(0.18, 0.42, at.z);
            if (w > 0.0 && o < w) { c = mix(c, accent, 0.7); n = normalize(n + vec3(sign(at.x) * -0.25, 0, 0)); }
            if (w > 0.0 && abs(o - w) < 0.003) c *= 0.55;
        }
        if (opening.x < 0.0 && neck.w > 0.5 && ribs.w > 0.0 && front() && abs(at.x) < 0.085 && !sleeve) {  // lapels of an open shirt
            float d = e.z * neck.x / neck.y, w = ribs.w * smoothstep(0.0, 0.06, at.z - cut.z + neck.y);
            if (d < w) n = normalize(n + vec3(sign(at.x) * -0.25, 0, 0));
            c *= d < w ? 0.97 : d < w + 0.005 ? 0.65 : 1.0;
        }
        if (margin < 0.004) c *= 0.86;
        if (cut.w == 0.0 && abs(margin - 0.017) < 0.0012) c *= 0.9;
        if (abs(abs(limb.x) - 0.5) < 0.012) c *= 0.93;
    }
    if (inside) c = KIND == BOTTOM ? c * 0.4 : lining.r < 0.0 ? c * 0.82 : lining * 0.75;
    if (KIND == COLLAR && stitch > 0.0 && at.y < 0.0 && abs(at.x) < 0.02) {  // a zip goes on, a placket too
        vec4 d = texture(decor, vec2(at.x / 0.72 + 0.5, (0.62 - at.z) / 0.72));
        c = mix(c, d.rgb, d.a);
    }
    if (KIND == TOP || KIND == COLLAR) c *= (inside ? inner : 1.0) * (1.0 - stitch * seams(inside));
    vec2 q = sleeve ? vec2(limb.z * 1.3, at.w * 0.5) : vec2(at.x + at.y * 0.7, at.z);
    vec2 stretch = sleeve ? vec2(8.0, 24.0) : vec2(15.0 - 6.0 * smoothstep(0.2, 0.5, at.z), 8.0);
    q += 0.02 * vec2(noise(q * 9.0 + 3.0), noise(q * 9.0 + 11.0));
    vec2 slope = waves(q * stretch).yz * stretch;
    n = normalize(n - wrinkles * 0.022 * vec3(slope.x, 0.0, slope.y));
    if (KIND == TOP && creases.x > 0.0) {
        vec3 f = creases.x * (flat_lay ? 0.35 : 1.0) * deep_folds(sleeve);
        n = normalize(n - 0.42 * vec3(sleeve ? 0.4 * f.y : f.y, 0.0, sleeve ? f.z : 0.4 * f.z));
        c *= clamp(1.0 - 0.5 * max(0.0, 0.3 * creases.x - f.x), 0.75, 1.0);
    }
    c *= 0.97 + 0.06 * hash(floor(at.xz * 700.0));
    return c;
}

float waist_margin() { return mix(lower_cut.y, lower_cut.z, smoothstep(-0.06, 0.05, at.y)) - at.z; }
float hem_margin() { return lower_cut.w > 0.5 ? at.z - lower_cut.x : (lower_cut.x - limb.y) * 0.79; }

// Lines of thread on what is sewn to a waistband: fly, pockets, loops.
float sewing(float w) {
    float s = line(w - sewn.x), down = w - sewn.x, x = abs(at.x);
    if (down > 0.0 && sewn.y > 0.0 && down < 0.17) {
        s = max(s, 0.8 * line(at.x));
        float t = clamp(down / 0.15, 0.0, 1.0);
        if (t < 1.0) s = max(s, 0.7 * line(at.x - 0.032 * sqrt(1.0 - t * t * t)));
    }
    if (down > 0.0 && sewn.z > 1.5) s = max(s, line((length(vec2((x - 0.155) / 0.075, down / 0.075)) - 1.0) * 0.075));
    else if (down > 0.0 && sewn.z > 0.5 && down < 0.17) s = max(s, line(x - 0.1 - 0.3 * down));
    return s;
}

// Denim as it is washed: pale where thighs and knees rub, in streaks from the crotch and behind the knee.
vec3 washed(vec3 c, float leg, bool ahead) {
    vec2 from_crotch = vec2(abs(at.x), at.z + 0.09);
    float r = length(from_crotch), ray = noise(vec2(atan(from_crotch.y, from_crotch.x) * 5.0, r * 4.0));
    float streaks = smoothstep(0.5, 0.8, ray) * smoothstep(0.03, 0.06, r) * smoothstep(0.19, 0.1, r);
    float bend = smoothstep(0.5, 0.8, noise(vec2(limb.z * 5.0, leg * 45.0))) * exp(-pow((leg - 0.53) / 0.07, 2.0));
    float thigh = exp(-pow(limb.z / 0.05, 2.0)) * smoothstep(0.05, 0.25, leg) * smoothstep(0.8, 0.4, leg);
    float worn = wash.x * thigh * (0.3 + 0.7 * noise(at.xz * 7.0)) + wash.y * max(streaks, 0.8 * bend);
    float pale = clamp((ahead ? worn : 0.4 * worn) + wash.w * (noise(at.xz * 5.0) - 0.4), 0.0, 0.9);
    c = mix(c, 0.65 * c + 0.12 * dot(c, vec3(1.0)) + 0.14, pale);
    float seam = at.y + 0.057 - 0.055 * smoothstep(0.35, 0.85, leg);
    if (leg > 0.03) c = mix(c * (1.0 - 0.35 * wash.z * line(seam - 0.005)), thread.rgb, 0.6 * wash.z * thread.a * line(seam));
    return c;
}

vec3 shoe_leather(inout vec3 n) {
    float x = abs(at.x) - 0.178, ahead = -0.209 - at.y;
    if (shoe.x == 0.0) return accent;
    vec3 round = vec3(sign(at.x) * x, -0.02, 1.2 * (at.z + 0.815));  // shoes are smooth where toes are not
    n = normalize(mix(n, normalize(round), 0.75 * smoothstep(-0.11, -0.08, ahead)));
    if (limb.y < shoe_top) return shoe_colours[2] * (0.92 + 0.12 * sin(limb.y * 900.0));
    vec3 c = accent;
    if (ahead > -shoe.y) c = shoe_colours[0];
    if (shoe.y > 0.0 && abs(ahead + shoe.y) < 0.002) c *= 0.75;
    if (at.y > -0.15 && at.y < -0.075 && abs(x) < 0.026 && shoe.z > 0.5) {
        bool lace = abs(x) < 0.021 && fract(at.y * 70.0 + 5.0 * abs(x)) < 0.45;
        c = lace ? mix(c, shoe_colours[1], 0.7) : 0.85 * c;
    }
    if (limb.y - shoe_top < 0.012) c *= 0.85;
    float up = at.z + 0.825;
    if (up < shoe.x) c = shoe_colours[0] * (abs(up - 0.7 * shoe.x) < 0.0015 ? 0.8 : 1.0);
    return c;
}

vec3 lower_cloth(inout vec3 n, bool inside) {
    bool ahead = at.y < (lower_cut.w > 0.5 ? 0.0 : 0.03), skirt = lower_cut.w > 0.5;
    vec3 c = texture(pattern, (at.xz + vec2(0.0, at.y * 0.15)) / tile).rgb;
    float w = waist_margin(), h = hem_margin(), x = abs(at.x), leg = limb.y;
    float thigh = exp(-pow(limb.z / 0.035, 2.0)) * smoothstep(0.02, 0.2, leg) * smoothstep(0.75, 0.3, leg);
    if (ahead) c *= 1.0 + trims.w * (thigh + 0.6 * exp(-pow((leg - 0.52) / 0.06, 2.0)) - 0.3);
    if (wash != vec4(0.0)) c = washed(c, leg, ahead);
    if (w < -sewn.x) c = accent * 0.9;
    if (w < sewn.x) {
        c = mix(c, accent, trims.z > 0.5 ? 1.0 : 0.0) * 0.95;
        if (trims.z > 0.5) c *= 0.9 + 0.12 * sin(at.x * 500.0);
        if (sewn.y > 0.0 && ahead && length(vec2(at.x - 0.006, w - 0.5 * sewn.x)) < 0.007) c = mix(c, thread.rgb, 0.8);
    }
    if (sewn.w > 0.5 && w < sewn.x + 0.008 && w > 0.002) {
        float loop = min(abs(x - 0.06), abs(x - 0.125));
        c *= loop < 0.005 ? 1.06 : loop < 0.008 ? 0.6 : 1.0;
    }
    if (trims.x > 0.0 && h < trims.x) c = mix(c, accent * (0.9 + 0.14 * sin(limb.z * 420.0)), 0.9);
    if (trims.x < 0.0 && h < -trims.x) c = mix(c, accent, 0.6);
    float s = max(ahead ? sewing(w) : 0.0, 0.7 * line(h - (trims.x == 0.0 ? 0.02 : abs(trims.x))));
    if (trims.z > 0.5 && ahead) {
        float down = w - 0.5 * sewn.x, cord = abs(x - 0.012 - 0.05 * down + 0.004 * sin(down * 60.0));
        if (down > 0.0 && down < 0.13 + 0.03 * sign(at.x)) c = cord < 0.003 ? thread.rgb : cord < 0.0055 ? c * 0.7 : c;
    }
    c = mix(c, thread.rgb, clamp(s * thread.a, 0.0, 1.0));
    if (pleats.y > 0.0 && w > 0.05) {
        float t = fract((limb.z / 0.17 * pleats.x + pleats.z) / 6.2832);
        c *= 1.0 - pleats.y * (0.3 * smoothstep(0.12, 0.0, t) + 0.12 * smoothstep(0.8, 1.0, t));
    }
    if (inside) c = lining.r < 0.0 ? c * 0.7 : lining * 0.65;
    float crease = trims.y * (ahead && leg > 0.1 ? exp(-pow(limb.z / 0.006, 2.0)) : 0.0);
    c *= 1.0 - 0.16 * crease;
    n = normalize(n + trims.y * 0.25 * vec3(ahead && leg > 0.1 ? sign(limb.z) * exp(-abs(limb.z) / 0.02) : 0.0, 0, 0));
    float knee = exp(-pow((leg - 0.52) / 0.12, 2.0)), ankle = smoothstep(0.8, 1.0, leg);
    float crotch = exp(-pow((at.z + 0.06) / 0.09, 2.0));
    float much = skirt ? 0.8 : 0.3 + 0.7 * knee + 0.9 * ankle + 0.8 * crotch;
    vec2 stretch = skirt ? vec2(16.0, 3.5) : vec2(7.0, 17.0);
    vec2 q = skirt ? vec2(limb.z, at.z) : vec2(at.x + at.y * 0.7, at.z + 0.7 * crotch * x);
    q += 0.02 * vec2(noise(q * 9.0 + 3.0), noise(q * 9.0 + 11.0));
    vec2 slope = waves(q * stretch).yz * stretch;
    n = normalize(n - wrinkles * 0.022 * much * vec3(slope.x, 0.0, slope.y));
    return c * (0.97 + 0.06 * hash(floor(at.xz * 700.0)));
}

vec3 face(vec3 c) {
    float x = abs(at.x), away = length(vec2(x - eyes.x, at.z - eyes.z));
    bool ahead = at.y < eyes.y + 0.05;
    if (at.z > head.x - 0.35 * max(0.0, at.y - head.y) && at.y > head.y + 0.0) c = mix(c, hair_colour, 0.9);
    float lower = smoothstep(eyes.z - 0.035, eyes.z - 0.06, at.z) * (1.0 - smoothstep(0.02, 0.05, at.y));
    c = mix(c, hair_colour, head.z * lower * (0.6 + 0.4 * noise(at.xz * 500.0)));
    if (ahead && abs(at.z - eyes.z - 0.021 + 4.0 * (x - eyes.x) * (x - eyes.x)) < 0.0035 && x > 0.011 && x < 0.047)
        c = mix(c, hair_colour * 0.7, 0.75);
    if (ahead && length(vec2(x / 0.024, (at.z - eyes.z + 0.068) / 0.007)) < 1.0) c *= vec3(0.92, 0.66, 0.66);
    if (ahead && away > eyes.w * 0.8 && away < eyes.w * 1.15) c *= 0.85;
    if (ahead && length(vec2((x - 0.008) / 0.004, (at.z - eyes.z + 0.04) / 0.003)) < 1.0) c *= 0.6;
    if (head.w > 0.5 && ahead) {
        float rim = abs(away - 0.021);
        if (rim < 0.0022 || (x < 0.012 && abs(at.z - eyes.z - 0.004) < 0.002)) c = vec3(0.06);
        else if (away < 0.021) c = mix(c, vec3(0.55, 0.6, 0.65), 0.15);
    }
    if (head.w > 0.5 && !ahead && at.y < 0.03 && x > 0.055 && abs(at.z - eyes.z - 0.006) < 0.0025) c = vec3(0.06);
    return c;
}

#ifdef UNCUT
void main() {
    float margin = KIND == TOP ? top_margin() : KIND == LOWER ? min(waist_margin(), hem_margin()) : 1.0;
#ifdef OUTLINE
    if (margin < 0.0) discard;
#else
    int region = limb.x > 0.5 ? 1 : limb.x < -0.5 ? 2 : 0;
    if (region != part) discard;
    if (KIND == TOP && region == 0 && cut.y - at.z > past_seam) discard;
    if (KIND == LOWER && -waist_margin() > past_seam) discard;
#endif
    exact = vec4(in_product, margin, length(eye - world));
}
#else
void main() {
    bool inside = !gl_FrontFacing;
    vec3 n = normalize(inside ? -facing : facing);
    vec3 to_eye = flat_lay ? vec3(0, -1, 0) : normalize(eye - world);
    vec3 c = base;
    float shine = gloss, margin = 1.0, id = label;
    bool shod = false;
    int region = limb.x > 0.5 ? 1 : limb.x < -0.5 ? 2 : 0;
    if (KIND == SKIN) {
        id = label_of_body;
        c *= 0.95 + 0.1 * folds(at.xz * 60.0);
        c *= mix(vec3(1), vec3(1.04, 0.95, 0.93), noise(at.xz * 14.0));
        if (id == 2.0) c = face(c);
        if (id == 10.0 && limb.y > min(shoe_top, shoe.x > 0.0 ? shoe.w : 9.0)) { c = shoe_leather(n); shod = true; }
        if (id == 2.0 && at.z > head.x - 0.35 * max(0.0, at.y - head.y) && at.y > head.y) id = 1.0;
    } else if (KIND == TOP) {
        margin = top_margin();
        if (margin < 0.0) discard;
        c = cloth(n, inside, margin);
    } else if (KIND == COLLAR) {
        c = !inside ? cloth(n, false, margin) : lining.r < 0.0 ? cloth(n, false, margin) * 0.85 : lining * 0.8;
        if (inside) c *= inner;
    } else if (KIND == BOTTOM) {
        margin = min(bottom_cut.y - at.z, (bottom_cut.x - limb.y) * 0.8);
        if (margin < 0.0 || abs(limb.x) > 0.3) discard;
        c = cloth(n, inside, margin);
        if (bottom_cut.y - at.z < 0.035) c *= 0.9;
        if (abs(bottom_cut.y - at.z - 0.035) < 0.0015) c *= 0.7;
    } else if (KIND == LOWER) {
        margin = min(waist_margin(), hem_margin());
        if (margin < 0.0) discard;
        c = lower_cloth(n, inside);
        if (flat_lay && !inside && waist_margin() < sewn.x) id = 14.0;
        if (margin < 0.004) c *= 0.86;
    } else if (KIND == HAIR) {
        if (at.z < hair_cut.x || (at.y < -0.055 && at.z < hair_cut.y)) discard;
        float strand = folds(vec2(atan(at.x, at.y + 0.05) * 24.0, at.z * 7.0));
        c *= 0.55 + 0.75 * strand;
        n = normalize(n + 0.5 * (strand - 0.5) * vec3(sign(at.x), 0.0, 0.0));
    } else if (KIND == EYE) {
        vec2 d = vec2(abs(at.x) - eyes.x, at.z - eyes.z);
        c = length(d) < 0.003 ? vec3(0.03) : length(d) < 0.0065 ? base : vec3(0.88);
    } else if (KIND == STRAP) {
        float off = abs(at.z - 0.27 - at.x * accent.x) / sqrt(1.0 + accent.x * accent.x);
        if (off > accent.y || abs(limb.x) > 0.5 || at.z > 0.56) discard;
        c *= off > accent.y - 0.003 ? 0.7 : 1.0;
    }
    if (flat_lay) n = normalize(mix(n, vec3(0, -1, 0), 0.45));
    float lambert = max(0.0, dot(n, light) * 0.8 + 0.2);
    float sky = 0.8 + 0.2 * n.z;
    float glint = pow(max(0.0, dot(n, normalize(light + to_eye))), 22.0) * shine;
    float rim = 0.86 + 0.14 * max(0.0, dot(n, to_eye));
    colour = vec4(clamp(c * (ambient * sky + light_colour * lambert) * rim + glint * light_colour, 0.0, 1.0), 1.0);
    ids = vec4(id, float(region + 1), inside || shod ? 1.0 : 0.0, 1.0) / 255.0;
    exact = vec4(in_product, margin, flat_lay ? world.y : length(eye - world));
}
#endif
