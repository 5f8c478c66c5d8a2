/**
 * Many buttons as one stop of the Tab key: the arrows go from one to the next, Home and End to the
 * ends, and Tab leaves them behind. Coming back, one is where one was.
 */
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { rovingStep } from '../keys.ts'

const buttonsIn = (element: HTMLElement): HTMLElement[] => [
  ...element.querySelectorAll<HTMLElement>('button:not(:disabled)'),
]

/** Makes the buttons below the element one stop, now and whenever its component is rendered. */
export const useRoving = <E extends HTMLElement>(): RefObject<E> => {
  const element = useRef<E>(null)
  const current = useRef<HTMLElement | null>(null)
  useEffect(() => {
    const root = element.current
    if (root === null) return
    const buttons = buttonsIn(root)
    const stop = buttons.find((button) => button === current.current) ?? buttons[0]
    for (const button of buttons) button.tabIndex = button === stop ? 0 : -1
  })
  useEffect(() => {
    const root = element.current
    if (root === null) return
    const listening = new AbortController()
    root.addEventListener(
      'focusin',
      ({ target }) => {
        if (!(target instanceof HTMLElement)) return
        for (const button of buttonsIn(root)) button.tabIndex = button === target ? 0 : -1
        current.current = target
      },
      listening,
    )
    root.addEventListener(
      'keydown',
      (event) => {
        const buttons = buttonsIn(root)
        const at = event.target instanceof HTMLElement ? buttons.indexOf(event.target) : -1
        const next = at < 0 ? null : rovingStep(event.key, at, buttons.length)
        if (next === null || event.ctrlKey || event.metaKey || event.altKey) return
        event.preventDefault()
        buttons[next]?.focus()
      },
      listening,
    )
    return () => listening.abort()
  }, [])
  return element
}
