// The WebGL2 program: the same sampling and window as resample.js and CanvasPainter, on levels of any depth.

const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D picture;
uniform float canvasHeight;
uniform vec2 origin;    // the picture's corner on the canvas, from the top left
uniform vec2 stepSize;  // picture pixels for each device pixel
uniform bool flipped;
uniform vec2 tone;      // grey = level * gain + offset
uniform vec3 circle;    // x, y, radius of the loupe; no radius, no loupe
uniform vec4 inside;    // left, top, right, bottom of the picture's device pixels
uniform float ground;
out vec4 colour;

void main() {
  vec2 here = vec2(gl_FragCoord.x, canvasHeight - gl_FragCoord.y);
  if (circle.z > 0.0 && distance(here, circle.xy) > circle.z) discard;
  if (any(lessThan(here, inside.xy)) || any(greaterThan(here, inside.zw))) {
    colour = vec4(vec3(ground), 1.0);
    return;
  }
  ivec2 size = textureSize(picture, 0);
  vec2 at = (here - origin) * stepSize;
  if (flipped) at.x = float(size.x) - at.x;
  vec2 reach = max(stepSize, vec2(1.0));
  vec2 low = at - 0.5 * reach;
  vec2 high = low + reach;
  ivec2 first = ivec2(floor(low));
  ivec2 last = ivec2(ceil(high)) - 1;
  float sum = 0.0;
  for (int y = first.y; y <= last.y; y++) {
    float row = 0.0;
    for (int x = first.x; x <= last.x; x++) {
      ivec2 pixel = clamp(ivec2(x, y), ivec2(0), size - 1);
      float weight = min(high.x, float(x + 1)) - max(low.x, float(x));
      row += weight * float(texelFetch(picture, pixel, 0).r);
    }
    sum += (min(high.y, float(y + 1)) - max(low.y, float(y))) * row;
  }
  float level = sum / (reach.x * reach.y);
  colour = vec4(vec3(level * tone.x + tone.y), 1.0);
}`;

const UNIFORMS = ["canvasHeight", "origin", "stepSize", "flipped", "tone", "circle", "inside", "ground"];

// The linked program in use, and where its uniforms are.
export function linked(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(program));
  gl.useProgram(program);
  return Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
}
