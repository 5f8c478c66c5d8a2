/**
 * The camera and the hands on it: drag, wheel and pinch (d3-zoom), keys, flights to a place, and a
 * resized window.
 */
import { select } from 'd3-selection'
import { type D3ZoomEvent, zoom, zoomIdentity } from 'd3-zoom'
import { type Camera, type Point, SCALE_FIRST, SCALE_MAX, SCALE_MIN } from './projection.ts'

/** Moves the camera of one map. Points are of the plane unless they are named pixels. */
export type CameraControl = Readonly<{
  camera: () => Camera
  /** Looks at a point at once; `scale` stays as it is when absent. */
  look: (at: Point, scale?: number) => void
  /** Flies there; at once when motion is to be avoided. */
  fly: (at: Point, scale: number, isCalm: boolean) => void
  panBy: (pixels: Point) => void
  zoomBy: (factor: number) => void
  resize: (width: number, height: number) => void
  destroy: () => void
}>

const FLIGHT_MS = 750
const ease = (part: number): number => (part < 0.5 ? 4 * part ** 3 : 1 - (-2 * part + 2) ** 3 / 2)

/**
 * Takes the element's pointer and wheel events. `onMove` is called at each change, `byHand` if a
 * person made it.
 */
export const createCameraControl = (
  element: HTMLElement,
  size: Readonly<{ width: number; height: number }>,
  onMove: (camera: Camera, byHand: boolean) => void,
): CameraControl => {
  let camera: Camera = { x: 0, y: 0, scale: SCALE_FIRST, ...size }
  let flight = 0
  const behaviour = zoom<HTMLElement, unknown>()
    .scaleExtent([SCALE_MIN, SCALE_MAX])
    .extent(() => [
      [0, 0],
      [camera.width, camera.height],
    ])
    .on('zoom', ({ transform, sourceEvent }: D3ZoomEvent<HTMLElement, unknown>) => {
      if (sourceEvent !== null) cancelAnimationFrame(flight)
      const { width, height } = camera
      camera = {
        width,
        height,
        scale: transform.k,
        x: (width / 2 - transform.x) / transform.k,
        y: (height / 2 - transform.y) / transform.k,
      }
      onMove(camera, sourceEvent !== null)
    })
  const target = select(element).call(behaviour).on('dblclick.zoom', null)
  const look = ({ x, y }: Point, scale = camera.scale): void => {
    const middle = { x: camera.width / 2, y: camera.height / 2 }
    behaviour.transform(
      target,
      zoomIdentity.translate(middle.x - x * scale, middle.y - y * scale).scale(scale),
    )
  }
  const fly = (at: Point, scale: number, isCalm: boolean): void => {
    cancelAnimationFrame(flight)
    if (isCalm) {
      look(at, scale)
      return
    }
    const from = camera
    const started = performance.now()
    const step = (): void => {
      const part = ease(Math.min(1, (performance.now() - started) / FLIGHT_MS))
      const stepScale = from.scale * (scale / from.scale) ** part
      look({ x: from.x + (at.x - from.x) * part, y: from.y + (at.y - from.y) * part }, stepScale)
      if (part < 1) flight = requestAnimationFrame(step)
    }
    flight = requestAnimationFrame(step)
  }
  return {
    camera: () => camera,
    look,
    fly,
    panBy: (pixels) =>
      look({ x: camera.x + pixels.x / camera.scale, y: camera.y + pixels.y / camera.scale }),
    zoomBy: (factor) =>
      look(camera, Math.min(SCALE_MAX, Math.max(SCALE_MIN, camera.scale * factor))),
    resize: (width, height) => {
      const { x, y } = camera
      camera = { ...camera, width, height }
      look({ x, y })
    },
    destroy: () => {
      cancelAnimationFrame(flight)
      target.on('.zoom', null)
    },
  }
}
