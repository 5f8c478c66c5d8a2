/** Events of the world as sentences. */
import { eventSentences } from './event-sentences.ts'
import { actionWords, reasonWords } from './reasons.ts'
import { actorIn, atPlace, codeIn, type Part, type Sentence, type Told } from './sentence-parts.ts'

const rejection = (event: Told): Sentence => {
  const action = codeIn(event, 'phase') || codeIn(event, 'action')
  // What a move names is where it would have led.
  const where: Part[] =
    action === 'MOVE' && event.hex !== null ? [' to ', { place: event.hex }] : atPlace(event)
  return {
    tone: 'rejection',
    parts: [
      actorIn(event),
      ` could not ${actionWords(event.type, action)}`,
      ...where,
      `: ${reasonWords(codeIn(event, 'reason'))}`,
    ],
  }
}

const begunWithCapital = ({ tone, parts }: Sentence): Sentence => {
  const [first, ...rest] = parts
  const begun =
    typeof first === 'string' ? [first.charAt(0).toUpperCase() + first.slice(1), ...rest] : parts
  return { tone, parts: begun }
}

/**
 * "ResourceShareRuleSet" → "Resource share rule set": for events without a sentence of their own.
 */
const spelt = (type: string): string => {
  const words = type.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/**
 * What happened, in one sentence without a full stop. Never fails: an event that it does not know
 * is named.
 */
export const sentenceOf = (event: Told): Sentence => {
  if (event.type.endsWith('Rejected')) return rejection(event)
  const tell = eventSentences.get(event.type)
  if (tell !== undefined) return begunWithCapital(tell(event))
  const acted: Part[] =
    event.adventurerId === null ? [] : [' by ', { adventurer: event.adventurerId }]
  return { tone: 'system', parts: [spelt(event.type), ...acted, ...atPlace(event)] }
}
