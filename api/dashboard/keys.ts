/** What keys mean to the elements of the page. */

/** The element that a key goes to, as far as keys differ by it. */
type KeyTarget = Readonly<{ tagName: string; type?: string; isContentEditable?: boolean }>

/** Inputs in which nothing is written: their keys move them, or press them. */
const UNWRITTEN: ReadonlySet<string> = new Set([
  'button',
  'checkbox',
  'color',
  'file',
  'image',
  'radio',
  'range',
  'reset',
  'submit',
])
/** Keys that move a slider or choose among radio buttons. */
const MOVING: ReadonlySet<string> = new Set([
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
])

/**
 * Whether the element itself has a use for the key: everything where a person writes or chooses
 * from a list, the arrows on a slider, Enter on what it presses.
 */
export const usesKey = (
  { tagName, type = '', isContentEditable }: KeyTarget,
  key: string,
): boolean => {
  if (isContentEditable || tagName === 'SELECT' || tagName === 'TEXTAREA') return true
  if (tagName !== 'INPUT') return key === 'Enter' && ['A', 'BUTTON', 'SUMMARY'].includes(tagName)
  if (!UNWRITTEN.has(type)) return true
  return type === 'range' || type === 'radio' ? MOVING.has(key) : key === 'Enter'
}

/** Where a key leads among `count` things; null when it leads nowhere. */
export const rovingStep = (key: string, at: number, count: number): number | null => {
  switch (key) {
    case 'ArrowDown':
    case 'ArrowRight':
      return Math.min(at + 1, count - 1)
    case 'ArrowUp':
    case 'ArrowLeft':
      return Math.max(at - 1, 0)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}
