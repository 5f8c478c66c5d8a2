/** Felts and events as the sandbox's file holds them: text that only the store writes, and so reads without checks. */
import type { Felt } from '../../domain/felt.ts'
import type { CallTrace, ChainEvent } from './block.ts'

/** Felts separated by blanks. */
export const textOfBigints = (values: readonly bigint[]): string =>
  values.map((value) => `0x${value.toString(16)}`).join(' ')

export const bigintsOf = (text: string): bigint[] => (text === '' ? [] : text.split(' ').map(BigInt))

// Each felt was written in its canonical spelling.
const feltsOf = (text: string): Felt[] => (text === '' ? [] : (text.split(' ') as Felt[]))

/** One line per event: address, keys and data, set apart by bars. */
export const textOfEvents = (events: readonly ChainEvent[]): string =>
  events.map(({ from_address, keys, data }) => `${from_address}|${keys.join(' ')}|${data.join(' ')}`).join('\n')

export const eventsOf = (text: string): ChainEvent[] =>
  text === ''
    ? []
    : text.split('\n').map((line) => {
        const [from, keys, data] = line.split('|') as [Felt, string, string] // as textOfEvents wrote it
        return { from_address: from, keys: feltsOf(keys), data: feltsOf(data) }
      })

/** One line per call: the number of its events and what it returned. */
export const textOfCalls = (calls: readonly CallTrace[]): string =>
  calls.map(({ events, returned }) => `${events}|${returned.join(' ')}`).join('\n')

export const callsOf = (text: string): CallTrace[] =>
  text === ''
    ? []
    : text.split('\n').map((line) => {
        const [events, returned] = line.split('|') as [string, string] // as textOfCalls wrote it
        return { events: Number(events), returned: feltsOf(returned) }
      })
