/**
 * The JSON text of an answer, made in pieces: a large one would hold up everything else on the
 * thread for as long as it takes to write it.
 */
import { giveWay } from '../../domain/waiting/give-way.ts'

/** Items of a long list that are written at once. */
const ITEMS_PER_PIECE = 50

/**
 * The same text as JSON.stringify gives, of what an operation's execution yields: plain objects,
 * lists and JSON scalars.
 */
export const jsonText = async (value: unknown): Promise<string> => {
  const pieces: string[] = []
  await write(value, pieces)
  return pieces.join('')
}

const write = async (value: unknown, pieces: string[]): Promise<void> => {
  if (Array.isArray(value)) return writeList(value, pieces)
  if (typeof value !== 'object' || value === null || 'toJSON' in value)
    return void pieces.push(JSON.stringify(value) ?? 'null')
  let separator = '{'
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue
    pieces.push(`${separator}${JSON.stringify(name)}:`)
    await write(member, pieces)
    separator = ','
  }
  pieces.push(separator === '{' ? '{}' : '}')
}

const writeList = async (list: readonly unknown[], pieces: string[]): Promise<void> => {
  if (list.length <= ITEMS_PER_PIECE) return void pieces.push(JSON.stringify(list))
  for (let start = 0; start < list.length; start += ITEMS_PER_PIECE) {
    const text = JSON.stringify(list.slice(start, start + ITEMS_PER_PIECE)).slice(1, -1)
    pieces.push(start === 0 ? '[' : ',', text)
    await giveWay()
  }
  pieces.push(']')
}
