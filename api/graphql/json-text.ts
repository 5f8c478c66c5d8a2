/**
 * The JSON text of an answer, made in pieces: a large one would hold up everything else on the
 * thread for as long as it takes to write it.
 */
import type { ExecutionResult } from 'graphql'
import { piecesOf } from '../../domain/pieces.ts'
import { giveWay } from '../../domain/waiting/give-way.ts'
import { ITEMS_PER_PIECE } from './unhurried.ts'

/** Texts, and the long lists between them that are still to be written. */
type Parts = (string | readonly unknown[])[]

/**
 * The same text as JSON.stringify gives, of what an operation's execution yields: plain objects,
 * lists and JSON scalars.
 */
export const jsonText = async (value: unknown): Promise<string> => {
  const parts: Parts = []
  outline(value, parts)
  const texts: string[] = []
  for (const part of parts)
    if (typeof part === 'string') texts.push(part)
    else await writeList(part, texts)
  return texts.join('')
}

/** Writes a result, as clients are to see it. */
export type Stringify = (shown: Readonly<{ data?: unknown; errors?: unknown }>) => string

/**
 * The result with its text, which goes out as it is: `stringify` only adds what was left out of it,
 * errors in the form in which clients see them.
 */
export const writtenInPieces = async <Result extends ExecutionResult>(
  result: Result,
): Promise<Result & Readonly<{ stringify: Stringify }>> => {
  const data = result.data === undefined ? null : await jsonText(result.data)
  const stringify: Stringify = ({ data: _, ...rest }) => {
    const others = JSON.stringify(rest)
    if (data === null) return others
    return others === '{}' ? `{"data":${data}}` : `${others.slice(0, -1)},"data":${data}}`
  }
  return { ...result, stringify }
}

const outline = (value: unknown, parts: Parts): void => {
  if (Array.isArray(value)) {
    parts.push(value.length > ITEMS_PER_PIECE ? value : JSON.stringify(value))
    return
  }
  if (typeof value !== 'object' || value === null || 'toJSON' in value)
    return void parts.push(JSON.stringify(value) ?? 'null')
  let separator = '{'
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue
    parts.push(`${separator}${JSON.stringify(name)}:`)
    outline(member, parts)
    separator = ','
  }
  parts.push(separator === '{' ? '{}' : '}')
}

const writeList = async (list: readonly unknown[], texts: string[]): Promise<void> => {
  let separator = '['
  for (const piece of piecesOf(list, ITEMS_PER_PIECE)) {
    await giveWay()
    texts.push(separator, JSON.stringify(piece).slice(1, -1))
    separator = ','
  }
  texts.push(']')
}
