// @ts-check
/** Draws ellipses with WebGL2, front to back, so that alpha is coverage; what stands behind is drawn last.
 *
 * @typedef {{ kind: "none" } | { kind: "colors", top: number[], bottom: number[] } | { kind: "camera", mirror: boolean }}
 *   Backdrop nothing, two display sRGB colours in [0, 1], or the picture last given to `keepPicture` */
import { ROW } from "./frames.js";
import { PER_ELLIPSE } from "./project.js";

const ELLIPSES_VERTEX = `#version 300 es
precision highp float;
uniform highp sampler2D ellipses;
uniform vec2 size;
flat out vec4 shown;
flat out float fall;
out vec2 place;
void main() {
  int splat = gl_VertexID >> 2;
  ivec2 texel = ivec2(2 * (splat % ${ROW}), splat / ${ROW});
  vec4 a = texelFetch(ellipses, texel, 0), b = texelFetch(ellipses, texel + ivec2(1, 0), 0);
  place = vec2(float(gl_VertexID & 1) * 2. - 1., float(gl_VertexID & 2) - 1.);
  vec2 pixel = a.xy + place.x * a.zw + vec2(0., place.y * b.x);
  gl_Position = vec4((2. * pixel / size - 1.) * vec2(1., -1.), 0., 1.);
  vec3 color = vec3(floor(b.y / 65536.), mod(floor(b.y / 256.), 256.), mod(b.y, 256.)) / 255.;
  shown = vec4(color, b.z);
  // Alpha falls from the opacity in the middle to 1/255 at the rim.
  fall = -log2(255. * b.z);
}`;

const ELLIPSES_FRAGMENT = `#version 300 es
precision highp float;
flat in vec4 shown;
flat in float fall;
in vec2 place;
out vec4 pixel;
void main() {
  float q = dot(place, place);
  // Adding nothing is cheaper for a software renderer than leaving the pixel out.
  float alpha = q > 1. ? 0. : min(shown.a * exp2(q * fall), .999);
  pixel = vec4(shown.rgb * alpha, alpha);
}`;

const BACKDROP_VERTEX = `#version 300 es
precision highp float;
out vec2 place;
void main() {
  place = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  gl_Position = vec4(2. * place - 1., 0., 1.);
}`;

const BACKDROP_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform vec3 top, bottom;
uniform int kind;
in vec2 place;
out vec4 pixel;
void main() {
  vec2 at = vec2(kind == 2 ? 1. - place.x : place.x, 1. - place.y);
  pixel = vec4(kind == 0 ? mix(bottom, top, place.y) : texture(picture, at).rgb, 1.);
}`;

/** @param {HTMLCanvasElement} canvas @param {number} capacity the most splats ever drawn */
export function createRenderer(canvas, capacity) {
  const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, depth: false, premultipliedAlpha: true });
  if (!gl) throw new Error("This browser has no WebGL2, which drawing the avatar needs.");
  const ellipses = program(gl, ELLIPSES_VERTEX, ELLIPSES_FRAGMENT), backdrop = program(gl, BACKDROP_VERTEX, BACKDROP_FRAGMENT);
  const at = (/** @type {WebGLProgram} */ of, /** @type {string} */ name) => gl.getUniformLocation(of, name);
  const size = at(ellipses, "size"), top = at(backdrop, "top"), bottom = at(backdrop, "bottom"), kind = at(backdrop, "kind");
  const rows = Math.ceil(capacity / ROW), data = texture(gl, 0), picture = texture(gl, 1);
  gl.activeTexture(gl.TEXTURE0);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32F, 2 * ROW, rows);
  gl.useProgram(ellipses);
  gl.uniform1i(at(ellipses, "ellipses"), 0);
  gl.useProgram(backdrop);
  gl.uniform1i(at(backdrop, "picture"), 1);
  // One mesh of quads; drawing instances of one quad takes a software renderer seven times as long.
  gl.bindVertexArray(gl.createVertexArray());
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, quads(capacity), gl.STATIC_DRAW);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE_MINUS_DST_ALPHA, gl.ONE);
  let count = 0;

  const debug = gl.getExtension("WEBGL_debug_renderer_info");

  return {
    /** What draws, in the browser's words. */
    device: String(gl.getParameter(debug ? debug.UNMASKED_RENDERER_WEBGL : gl.RENDERER)),

    /** Takes what the worker made. @param {import("./frames.js").Frame} frame */
    keep(frame) {
      count = frame.count;
      const used = Math.ceil(count / ROW);
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, data);
      const part = frame.ellipses.subarray(0, PER_ELLIPSE * ROW * used);
      if (used) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 2 * ROW, used, gl.RGBA, gl.FLOAT, part);
    },

    /** Takes a picture to stand behind the avatar. @param {TexImageSource} source */
    keepPicture(source) {
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, picture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, source);
    },

    /** Draws what is kept; the canvas has the size that the ellipses were projected for. @param {Backdrop} behind */
    draw(behind) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.useProgram(ellipses);
      gl.uniform2f(size, canvas.width, canvas.height);
      gl.drawElements(gl.TRIANGLES, 6 * count, gl.UNSIGNED_INT, 0);
      if (behind.kind === "none") return;
      gl.useProgram(backdrop);
      gl.uniform1i(kind, behind.kind === "colors" ? 0 : behind.mirror ? 2 : 1);
      if (behind.kind === "colors") {
        gl.uniform3fv(top, behind.top);
        gl.uniform3fv(bottom, behind.bottom);
      }
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    },

    /** Waits until everything is drawn, for measuring. */
    finish() {
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    },
  };
}

/** @param {WebGL2RenderingContext} gl @param {string} vertex @param {string} fragment @returns {WebGLProgram} */
function program(gl, vertex, fragment) {
  const made = gl.createProgram();
  for (const [type, source] of /** @type {[number, string][]} */ ([[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(type));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(`A shader does not compile: ${gl.getShaderInfoLog(shader)}`);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(`A shader does not link: ${gl.getProgramInfoLog(made)}`);
  return made;
}

/** @param {WebGL2RenderingContext} gl @param {number} unit */
function texture(gl, unit) {
  const made = gl.createTexture(), linear = unit === 1 ? gl.LINEAR : gl.NEAREST;
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, linear);
  for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
  return made;
}

/** @param {number} capacity */
function quads(capacity) {
  const indices = new Uint32Array(6 * capacity);
  for (let i = 0; i < capacity; i++) indices.set([4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 2, 4 * i + 1, 4 * i + 3], 6 * i);
  return indices;
}
