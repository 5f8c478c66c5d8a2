/** Values that came from outside, as a message about them shows them. */

const SHOWN_CHARACTERS_MAX = 80

/**
 * The value as text, cut to a bearable length; only its surface, because it may be nested without
 * end.
 */
export const shown = (value: unknown): string => {
  const text =
    typeof value === 'object' && value !== null
      ? surfaceOf(value)
      : (JSON.stringify(value) ?? String(value))
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text
}

const surfaceOf = (value: object): string => {
  if (Array.isArray(value)) return 'a list'
  const members = Object.entries(value).map(
    ([name, member]) =>
      `${name}: ${typeof member === 'object' && member !== null ? '…' : JSON.stringify(member)}`,
  )
  return `{${members.join(', ')}}`
}
