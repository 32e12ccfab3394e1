// Paints a scene with WebGL2: pictures are integer textures of their own depth, windowed and sampled in the shader.

import { visible } from "./geometry.js";
import { Kept } from "./kept.js";
import { linked } from "./shader.js";

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
// What is on screen stays readable, for whoever prints or tests it.
const OPTIONS = { alpha: false, antialias: false, depth: false, stencil: false, preserveDrawingBuffer: true };

function isSoftware(gl) {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  return SOFTWARE.test(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

export class GlPainter {
  // `evenSoftware`: also where a processor plays the graphics card.
  constructor(canvas, ground, evenSoftware) {
    this.canvas = canvas;
    this.ground = ground;
    this.gl = canvas.getContext("webgl2", OPTIONS);
    if (!this.gl) throw new Error("This browser has no WebGL2.");
    if (!evenSoftware && isSoftware(this.gl)) throw new Error("This machine has no graphics card.");
    this.kept = new Kept((texture) => this.gl.deleteTexture(texture));
    this.begin();
  }

  // Also after a lost context has come back: nothing that was made in it is left.
  begin() {
    const { gl } = this;
    this.kept.clear();
    this.uniforms = linked(gl);
    gl.enable(gl.SCISSOR_TEST);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  }

  // No picture is too large for a context that is lost and will come back.
  takes(picture) {
    return this.gl.isContextLost() || Math.max(picture.width, picture.height) <= this.gl.getParameter(this.gl.MAX_TEXTURE_SIZE);
  }

  prepare({ picture }) {
    return this.kept.get(picture, picture.data.byteLength, () => this.upload(picture));
  }

  upload({ width, height, bits, data }) {
    const { gl } = this;
    const texture = gl.createTexture();
    const [format, type] = bits === 16 ? [gl.R16UI, gl.UNSIGNED_SHORT] : [gl.R8UI, gl.UNSIGNED_BYTE];
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, format, width, height, 0, gl.RED_INTEGER, type, data);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    return texture;
  }

  paint(views) {
    this.kept.hold(views.map((view) => view.picture));
    const { gl, canvas, ground } = this;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.scissor(0, 0, canvas.width, canvas.height);
    gl.clearColor(ground / 255, ground / 255, ground / 255, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    for (const view of views) this.paintView(view);
  }

  paintView(view) {
    const { gl, uniforms, canvas, ground } = this;
    const { picture, rect, area, flipped, tone, circle } = view;
    gl.bindTexture(gl.TEXTURE_2D, this.prepare(view));
    gl.scissor(area.left, canvas.height - area.top - area.height, area.width, area.height);
    gl.uniform1f(uniforms.canvasHeight, canvas.height);
    gl.uniform2f(uniforms.origin, rect.left, rect.top);
    gl.uniform2f(uniforms.stepSize, picture.width / rect.width, picture.height / rect.height);
    gl.uniform1i(uniforms.flipped, Number(flipped));
    gl.uniform2f(uniforms.tone, tone.gain / (2 ** picture.bits - 1), tone.offset);
    gl.uniform3f(uniforms.circle, circle?.x ?? 0, circle?.y ?? 0, circle?.radius ?? 0);
    const { left, top, width, height } = visible(rect, area);
    gl.uniform4f(uniforms.inside, left, top, left + width, top + height);
    gl.uniform1f(uniforms.ground, ground / 255);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}
