#version 300 es
// The ground of the map. Each pixel finds its hex and reads it from two textures (map/texel-field.ts), then mixes biome,
// decay, activity, territory and lattice. Lengths are in hex circumradii, or in pixels where named so. What is the same
// for all pixels of a frame is computed outside (map/ground-strengths.ts): this runs a million times a frame.
precision highp float;
precision highp int;
precision highp usampler2D;

uniform usampler2D u_cells;
uniform sampler2D u_owners;
uniform sampler2D u_glyphs;

uniform vec2 u_size;      // device pixels
uniform float u_scale;    // device pixels per unit
uniform float u_dpr;      // device pixels per CSS pixel
uniform vec2 u_centre;    // of the view, relative to the origin hex
uniform ivec2 u_origin;   // hex that coordinates here are relative to
uniform float u_tick;     // now, in 32nds of a second, modulo 255
uniform int u_samples;    // 1, 2 or 4 for each pixel
uniform float u_dark;     // 1 in the dark scheme, 0 on paper
uniform vec3 u_palette[21];
uniform vec3 u_void;      // undiscovered ground
uniform vec3 u_glow;      // light at the edge of the known world
uniform vec3 u_ink;       // dark lines
uniform vec3 u_lumen;     // light lines
uniform vec3 u_ember;     // activity
uniform vec3 u_alarm;     // claimable
// How strongly each thing shows in this frame, 0 ... 1.
uniform float u_lattice;
uniform float u_edges;
uniform float u_rims;
uniform float u_signs;
uniform float u_decay;
uniform float u_hatch;
uniform float u_heat;
uniform float u_tint;
uniform float u_wash;
uniform float u_border;
uniform float u_keyline;
uniform float u_pips;
uniform float u_rings;
uniform float u_signLevel;   // of the signs' mipmap
uniform float u_borderWidth; // pixels

out vec4 o_colour;

const float SQRT3 = 1.7320508;
const float APOTHEM = 0.8660254;
const uint SHORE = 31u;
const int MASK = 1023;
const vec2 NORMALS[6] = vec2[6](
  vec2(1.0, 0.0), vec2(0.5, APOTHEM), vec2(-0.5, APOTHEM), vec2(-1.0, 0.0), vec2(-0.5, -APOTHEM), vec2(0.5, -APOTHEM)
);

ivec2 hexAt(vec2 p) {
  float r = p.y * (2.0 / 3.0);
  float q = p.x / SQRT3 - p.y / 3.0;
  vec3 exact = vec3(q, r, -q - r);
  vec3 whole = round(exact);
  vec3 off = abs(whole - exact);
  if (off.x > off.y && off.x > off.z) whole.x = -whole.y - whole.z;
  else if (off.y > off.z) whole.y = -whole.x - whole.z;
  return ivec2(whole.xy);
}

float speckle(ivec2 place) {
  uint n = uint(place.x) * 374761393u + uint(place.y) * 668265263u;
  n = (n ^ (n >> 13)) * 1274126177u;
  return float((n ^ (n >> 16)) & 65535u) / 65535.0;
}

float luma(vec3 colour) { return dot(colour, vec3(0.299, 0.587, 0.114)); }

/** Coverage of a line of a width in pixels, at a distance in units from its middle. */
float line(float away, float widthPixels) {
  return clamp(0.5 + widthPixels * 0.5 - abs(away) * u_scale, 0.0, 1.0);
}

/** How far a hex has faded in, 0 ... 1. */
float presence(uint stamp) {
  if (stamp == 0u) return 1.0;
  float age = mod(u_tick - float(stamp) + 255.0, 255.0);
  return age > 170.0 ? 0.0 : smoothstep(0.0, 22.0, age);
}

/** Distance to the nearest of those sides of a hex that a mask names, by bit in the order of NORMALS. */
float distanceToSides(vec2 local, uint mask) {
  float nearest = 9.0;
  for (int side = 0; side < 6; side++) {
    if ((mask & (1u << uint(side))) == 0u) continue;
    vec2 normal = NORMALS[side];
    float past = max(abs(dot(local, vec2(-normal.y, normal.x))) - 0.5, 0.0);
    nearest = min(nearest, length(vec2(APOTHEM - dot(local, normal), past)));
  }
  return nearest;
}

vec3 decayed(vec3 colour, float level, vec2 p) {
  float lost = level * u_decay;
  colour = mix(colour, vec3(luma(colour)) * mix(1.02, 0.84, u_dark), lost * 0.62);
  if (u_hatch <= 0.0) return colour;
  float period = 6.5 * u_dpr / u_scale;
  float stripe = abs(fract((p.x + p.y) / period) - 0.5) * period * 0.7071;
  return mix(colour, u_ink, line(stripe, 1.1 * u_dpr) * smoothstep(0.15, 0.9, lost) * u_hatch);
}

vec3 inscribed(vec3 colour, vec2 local, uint biome) {
  vec2 uv = (vec2(float(biome % 5u), float(biome / 5u)) + clamp(local * 0.56 + 0.5, 0.02, 0.98)) / 5.0;
  vec4 sign = textureLod(u_glyphs, uv, u_signLevel);
  colour *= 1.0 - sign.r * u_signs * 0.46;
  return mix(colour, vec3(1.0), sign.g * u_signs * 0.41);
}

/** Small marks of what a hex yields: a disc for plants, a diamond for ore. */
vec3 endowed(vec3 colour, vec2 local, bool plants, bool ore) {
  float disc = length(local - vec2(-0.2, 0.6)) - 0.13;
  float gem = dot(abs(local - vec2(0.2, 0.6)), vec2(0.7071)) - 0.115;
  float mark = min(plants ? disc : 9.0, ore ? gem : 9.0);
  vec3 fill = disc < gem ? vec3(0.62, 0.86, 0.45) : vec3(0.98, 0.78, 0.42);
  colour = mix(colour, u_ink, clamp(1.0 - (mark - 0.045) * u_scale, 0.0, 1.0) * u_pips * 0.7);
  return mix(colour, fill, clamp(0.5 - mark * u_scale, 0.0, 1.0) * u_pips);
}

/** The controller's line along the territory's outline, and the wash of its colour inside. */
vec3 held(vec3 colour, vec2 local, vec4 owner) {
  uint mask = uint(owner.a * 255.0 + 0.5) & 63u;
  colour = mix(colour, owner.rgb, u_tint);
  if (mask == 0u) return colour;
  float border = distanceToSides(local, mask);
  colour = mix(colour, owner.rgb, exp(-border * 4.6) * u_wash);
  float past = border * u_scale - u_borderWidth;
  colour = mix(colour, u_ink, clamp(1.1 - abs(past - 0.6), 0.0, 1.0) * u_keyline);
  return mix(colour, owner.rgb, clamp(0.5 - past, 0.0, 1.0) * u_border);
}

/** A claimable hex has a ring; a claimed one a broken ring. */
vec3 contested(vec3 colour, vec2 local, float rim, uint flags) {
  if ((flags & 32u) != 0u) {
    colour = mix(colour, u_alarm, max(0.05, line(rim - 0.2, max(1.4 * u_dpr, 0.028 * u_scale)) * 0.7) * u_rings);
  }
  if ((flags & 64u) != 0u) {
    float dash = step(0.5, fract(atan(local.y, local.x) * 1.9098593));
    colour = mix(colour, u_lumen, line(rim - 0.31, 1.6 * u_dpr) * dash * 0.9 * u_rings);
  }
  return colour;
}

vec3 unknown(vec2 local, float rim, uvec4 cell, uint code) {
  vec3 colour = mix(u_void, mix(u_ink, u_lumen, u_dark), line(rim, u_dpr) * u_lattice);
  if (code != SHORE) return colour;
  float light = exp(-distanceToSides(local, cell.g) * 2.4) * presence(cell.a);
  return mix(colour, u_glow, light * mix(0.5, 0.34, u_dark));
}

vec3 known(vec2 p, vec2 local, float rim, uvec4 cell, uint code, ivec2 place) {
  uint biome = code - 1u;
  vec3 colour = u_palette[biome] * (0.955 + speckle(place) * 0.09);
  if (u_rims > 0.0) colour *= 1.0 - u_rims * smoothstep(0.34, 0.0, rim);
  if (u_signs > 0.0) colour = inscribed(colour, local, biome);
  uint level = cell.g & 127u;
  if (level > 0u && u_decay > 0.0) colour = decayed(colour, float(level) / 100.0, p);
  if (u_edges > 0.0) colour = mix(colour, u_ink, line(rim, 1.1 * u_dpr) * u_edges);
  uint heat = cell.b & 127u;
  if (heat > 0u && u_heat > 0.0) colour = mix(colour, u_ember, pow(float(heat) / 127.0, 0.8) * 0.88 * u_heat);
  if (cell.b > 127u && u_border > 0.0) colour = held(colour, local, texelFetch(u_owners, place, 0));
  if (u_pips > 0.0 && ((cell.g | cell.r) & 128u) != 0u) {
    colour = endowed(colour, local, (cell.g & 128u) != 0u, (cell.r & 128u) != 0u);
  }
  if ((cell.r & 96u) != 0u && u_rings > 0.0) colour = contested(colour, local, rim, cell.r);
  return colour;
}

vec3 shade(vec2 p) {
  ivec2 hex = hexAt(p);
  vec2 local = p - vec2(SQRT3 * (float(hex.x) + float(hex.y) * 0.5), 1.5 * float(hex.y));
  vec2 folded = abs(local);
  float rim = APOTHEM - max(folded.x, dot(folded, vec2(0.5, APOTHEM)));
  ivec2 place = (hex + u_origin) & MASK;
  uvec4 cell = texelFetch(u_cells, place, 0);
  uint code = cell.r & 31u;
  if (code == 0u || code == SHORE) return unknown(local, rim, cell, code);
  vec3 colour = known(p, local, rim, cell, code, place);
  if (cell.a == 0u) return colour;
  float here = presence(cell.a);
  return mix(unknown(local, rim, cell, 0u), colour + u_glow * sin(here * 3.14159) * 0.55, here);
}

void main() {
  vec2 pixel = vec2(gl_FragCoord.x, u_size.y - gl_FragCoord.y) - u_size * 0.5;
  // From afar one sample would shimmer: two or four are averaged.
  vec3 colour = vec3(0.0);
  for (int at = 0; at < u_samples; at++) {
    vec2 jitter = u_samples == 1 ? vec2(0.0) : vec2(float(at & 1), float(u_samples == 2 ? at : at >> 1)) * 0.5 - 0.25;
    colour += shade((pixel + jitter) / u_scale + u_centre);
  }
  colour /= float(u_samples);
  vec2 edge = pixel / u_size * 2.0;
  colour *= 1.0 - mix(0.06, 0.22, u_dark) * smoothstep(0.7, 1.9, dot(edge, edge));
  o_colour = vec4(colour, 1.0);
}
