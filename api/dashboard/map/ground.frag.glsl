#version 300 es
// The ground of the map. Each pixel finds its hex, reads it and its neighbours from two textures (map/texels.ts), and
// mixes biome, decay, activity, territory and lattice. Lengths are in hex circumradii, or in pixels where named so.
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
uniform float u_pulse;    // 0 … 1, the beat of claimable hexes
uniform float u_dark;     // 1 in the dark scheme, 0 on paper
uniform vec3 u_palette[21];
uniform vec3 u_void;      // undiscovered ground
uniform vec3 u_glow;      // light at the edge of the known world
uniform vec3 u_ink;       // dark lines
uniform vec3 u_lumen;     // light lines
uniform vec3 u_ember;     // activity
uniform vec3 u_alarm;     // claimable
// Strength of each layer, 0 … 1.
uniform float u_biome;
uniform float u_ownership;
uniform float u_decay;
uniform float u_heat;
uniform float u_resources;

out vec4 o_colour;

const float SQRT3 = 1.7320508;
const float APOTHEM = 0.8660254;
const int MASK = 1023;
const vec2 NORMALS[6] = vec2[6](
  vec2(1.0, 0.0), vec2(0.5, APOTHEM), vec2(-0.5, APOTHEM), vec2(-1.0, 0.0), vec2(-0.5, -APOTHEM), vec2(0.5, -APOTHEM)
);
const ivec2 STEPS[6] = ivec2[6](ivec2(1, 0), ivec2(0, 1), ivec2(-1, 1), ivec2(-1, 0), ivec2(0, -1), ivec2(1, -1));

ivec2 hexAt(vec2 p) {
  float r = p.y * 2.0 / 3.0;
  float q = p.x / SQRT3 - p.y / 3.0;
  float s = -q - r;
  vec3 whole = round(vec3(q, r, s));
  vec3 off = abs(whole - vec3(q, r, s));
  if (off.x > off.y && off.x > off.z) whole.x = -whole.y - whole.z;
  else if (off.y > off.z) whole.y = -whole.x - whole.z;
  return ivec2(whole.xy);
}

uvec4 cellAt(ivec2 hex) { return texelFetch(u_cells, (hex + u_origin) & MASK, 0); }
vec4 ownerAt(ivec2 hex) { return texelFetch(u_owners, (hex + u_origin) & MASK, 0); }

float speckle(ivec2 hex) {
  uint n = uint(hex.x + u_origin.x) * 374761393u + uint(hex.y + u_origin.y) * 668265263u;
  n = (n ^ (n >> 13)) * 1274126177u;
  return float((n ^ (n >> 16)) & 65535u) / 65535.0;
}

float luma(vec3 colour) { return dot(colour, vec3(0.299, 0.587, 0.114)); }

/** Coverage of a line of a width in pixels, at a distance in units from its middle. */
float line(float away, float widthPixels) {
  return 1.0 - smoothstep(widthPixels * 0.5 - 0.6, widthPixels * 0.5 + 0.6, abs(away) * u_scale);
}

/** How far a hex has faded in, 0 … 1. */
float presence(uint stamp) {
  if (stamp == 0u) return 1.0;
  float age = mod(u_tick - float(stamp) + 255.0, 255.0);
  return age > 170.0 ? 0.0 : smoothstep(0.0, 22.0, age);
}

vec3 unknownGround(vec2 local, ivec2 hex, float rim, float css) {
  float lattice = line(rim, u_dpr) * smoothstep(5.0, 16.0, css) * mix(0.16, 0.07, u_dark);
  vec3 colour = mix(u_void, mix(u_ink, u_lumen, u_dark), lattice);
  float shore = 9.0;
  for (int side = 0; side < 6; side++) {
    uvec4 beside = cellAt(hex + STEPS[side]);
    if ((beside.r & 31u) == 0u) continue;
    float away = APOTHEM - dot(local, NORMALS[side]);
    float past = max(abs(dot(local, vec2(-NORMALS[side].y, NORMALS[side].x))) - 0.5, 0.0);
    shore = min(shore, length(vec2(away, past)) + (1.0 - presence(beside.a)) * 3.0);
  }
  return mix(colour, u_glow, exp(-shore * 2.4) * mix(0.5, 0.34, u_dark));
}

vec3 decayed(vec3 colour, float level, vec2 p, float css) {
  float lost = level * u_decay;
  colour = mix(colour, vec3(luma(colour)) * mix(1.02, 0.78, u_dark), lost * 0.8);
  float period = 6.5 * u_dpr / u_scale;
  float stripe = abs(fract((p.x + p.y) / period) - 0.5) * period * 0.7071;
  float hatch = line(stripe, 1.1 * u_dpr) * smoothstep(0.15, 0.9, lost) * smoothstep(5.0, 10.0, css);
  return mix(colour, u_ink, hatch * 0.55);
}

vec3 inscribed(vec3 colour, vec2 local, uint biome, float css) {
  float strength = smoothstep(9.0, 17.0, css) * mix(1.0, 0.3, smoothstep(44.0, 72.0, css)) * u_biome;
  if (strength <= 0.0) return colour;
  vec2 tile = vec2(float(biome % 5u), float(biome / 5u));
  vec2 uv = clamp(local * 0.56 + 0.5, 0.02, 0.98);
  float level = max(0.0, log2(128.0 * 0.56 / u_scale));
  vec4 glyph = textureLod(u_glyphs, (tile + uv) / 5.0, level);
  colour = mix(colour, colour * 0.42, glyph.r * strength * 0.8);
  return mix(colour, mix(colour, vec3(1.0), 0.55), glyph.g * strength * 0.75);
}

/** Small signs of what a hex yields: a disc for plants, a diamond for ore. They make room for the areas themselves. */
vec3 endowed(vec3 colour, vec2 local, bool plants, bool ore, float css) {
  float strength = u_resources * smoothstep(8.0, 14.0, css) * (1.0 - smoothstep(42.0, 56.0, css));
  if (strength <= 0.0) return colour;
  float pixel = 1.0 / u_scale;
  float disc = length(local - vec2(-0.2, 0.6)) - 0.13;
  float gem = dot(abs(local - vec2(0.2, 0.6)), vec2(0.7071)) - 0.115;
  if (plants) {
    colour = mix(colour, u_ink, (1.0 - smoothstep(0.0, pixel, disc - 0.045)) * strength * 0.7);
    colour = mix(colour, vec3(0.62, 0.86, 0.45), (1.0 - smoothstep(-pixel, pixel * 0.5, disc)) * strength);
  }
  if (ore) {
    colour = mix(colour, u_ink, (1.0 - smoothstep(0.0, pixel, gem - 0.045)) * strength * 0.7);
    colour = mix(colour, vec3(0.98, 0.78, 0.42), (1.0 - smoothstep(-pixel, pixel * 0.5, gem)) * strength);
  }
  return colour;
}

/** The controller's line along the territory's outline, and the wash of its colour inside. */
vec3 held(vec3 colour, vec2 local, ivec2 hex, vec4 owner, float css) {
  float border = 9.0;
  for (int side = 0; side < 6; side++) {
    float away = APOTHEM - dot(local, NORMALS[side]);
    if (away > 0.95) continue;
    vec4 beside = ownerAt(hex + STEPS[side]);
    if (distance(beside, owner) < 0.002) continue;
    float past = max(abs(dot(local, vec2(-NORMALS[side].y, NORMALS[side].x))) - 0.5, 0.0);
    border = min(border, length(vec2(away, past)));
  }
  float far = 1.0 - smoothstep(3.5, 11.0, css);
  colour = mix(colour, owner.rgb, far * 0.55 * u_ownership);
  float wash = exp(-border * 3.2) * mix(0.36, 0.30, u_dark) * (1.0 - far);
  colour = mix(colour, owner.rgb, (wash + 0.07 * (1.0 - far)) * u_ownership);
  float width = (1.3 + 2.1 * smoothstep(4.0, 40.0, css)) * u_dpr;
  float band = 1.0 - smoothstep(width - 0.6, width + 0.6, border * u_scale);
  float keyline = line(border - (width + 0.6) / u_scale, 1.1 * u_dpr) * smoothstep(8.0, 20.0, css);
  colour = mix(colour, u_ink, keyline * 0.45 * u_ownership);
  return mix(colour, owner.rgb, band * u_ownership);
}

/** A claimable hex has a ring; a claimed one a broken ring. */
vec3 contested(vec3 colour, vec2 local, float rim, bool claimable, bool claimed, float css) {
  float show = smoothstep(3.0, 8.0, css) * max(u_decay, u_ownership);
  float ring = line(rim - 0.2, max(1.6, 0.055 * css) * u_dpr);
  if (claimable) {
    colour = mix(colour, u_alarm, (0.06 + 0.14 * u_pulse) * show);
    colour = mix(colour, u_alarm, ring * (0.45 + 0.55 * u_pulse) * show);
  }
  if (claimed) {
    float dash = step(0.5, fract(atan(local.y, local.x) * 12.0 / 6.2831853));
    colour = mix(colour, u_lumen, line(rim - 0.31, 1.6 * u_dpr) * dash * 0.9 * show);
  }
  return colour;
}

vec3 shade(vec2 p) {
  float css = u_scale / u_dpr;
  ivec2 hex = hexAt(p);
  vec2 local = p - vec2(SQRT3 * (float(hex.x) + float(hex.y) * 0.5), 1.5 * float(hex.y));
  vec2 folded = abs(local);
  float rim = APOTHEM - max(folded.x, dot(folded, vec2(0.5, APOTHEM)));
  uvec4 cell = cellAt(hex);
  uint code = cell.r & 31u;
  float here = code == 0u ? 0.0 : presence(cell.a);
  vec3 ground = here < 1.0 ? unknownGround(local, hex, rim, css) : u_void;
  if (here <= 0.0) return ground;

  uint biome = code - 1u;
  vec3 colour = mix(mix(vec3(0.80, 0.77, 0.70), vec3(0.235, 0.25, 0.26), u_dark), u_palette[biome], u_biome);
  colour *= 1.0 + (speckle(hex) - 0.5) * 0.09;
  colour *= 1.0 - 0.10 * smoothstep(0.34, 0.0, rim) * smoothstep(9.0, 24.0, css);
  colour = inscribed(colour, local, biome, css);
  colour = decayed(colour, float(cell.g & 127u) / 100.0, p, css);
  colour = mix(colour, u_ink, line(rim, 1.1 * u_dpr) * smoothstep(5.0, 12.0, css) * 0.5);
  float heat = float(cell.b) / 255.0 * u_heat;
  colour = mix(colour, vec3(luma(colour)) * mix(1.05, 0.6, u_dark), 0.5 * u_heat);
  colour = mix(colour, u_ember, pow(heat, 0.8) * 0.88);
  vec4 owner = ownerAt(hex);
  if (owner.a > 0.0 && u_ownership > 0.0) colour = held(colour, local, hex, owner, css);
  colour = endowed(colour, local, (cell.g & 128u) != 0u, (cell.r & 128u) != 0u, css);
  colour = contested(colour, local, rim, (cell.r & 32u) != 0u, (cell.r & 64u) != 0u, css);
  colour += u_glow * sin(here * 3.14159) * 0.55;
  return mix(ground, colour, here);
}

void main() {
  vec2 pixel = vec2(gl_FragCoord.x, u_size.y - gl_FragCoord.y);
  // Below a few pixels a hex, one sample would shimmer: four are averaged.
  bool coarse = u_scale < 9.0;
  vec3 sum = vec3(0.0);
  int samples = coarse ? 4 : 1;
  for (int at = 0; at < samples; at++) {
    vec2 jitter = coarse ? vec2(float(at & 1), float(at >> 1)) * 0.5 - 0.25 : vec2(0.0);
    sum += shade((pixel + jitter - u_size * 0.5) / u_scale + u_centre);
  }
  vec3 colour = sum / float(samples);
  vec2 edge = (pixel / u_size - 0.5) * 2.0;
  colour *= 1.0 - mix(0.06, 0.22, u_dark) * smoothstep(0.7, 1.9, dot(edge, edge));
  o_colour = vec4(colour, 1.0);
}
