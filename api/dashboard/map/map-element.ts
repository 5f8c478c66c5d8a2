/**
 * What the element of a map tells, besides what moves the camera: where the pointer is, clicks, and
 * its size.
 */
import type { Point } from './projection.ts'

/** Points and sizes are in CSS pixels, points from the element's left top corner. */
export type ElementListeners = Readonly<{
  /** Null when the pointer leaves. Fingers and pens do not hover. */
  onHover: (at: Point | null) => void
  onClick: (at: Point) => void
  onResize: (width: number, height: number) => void
}>

/** Listens until the signal aborts. */
export const listenToElement = (
  element: HTMLElement,
  { onHover, onClick, onResize }: ElementListeners,
  signal: AbortSignal,
): void => {
  const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = element.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }
  element.addEventListener(
    'pointermove',
    (event) => {
      if (event.pointerType === 'mouse') onHover(pointOf(event))
    },
    { signal },
  )
  element.addEventListener('pointerleave', () => onHover(null), { signal })
  element.addEventListener('click', (event) => onClick(pointOf(event)), { signal })
  const observer = new ResizeObserver(() => onResize(element.clientWidth, element.clientHeight))
  observer.observe(element)
  signal.addEventListener('abort', () => observer.disconnect())
}
