/** Flags of a command. Nothing is guessed: what a command does not know is refused. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import type { Rejection } from '../../../domain/decider.ts'
import { messageOf } from '../../../domain/errors.ts'
import { boundedMessage } from '../../../domain/shown.ts'

/** A command line that cannot be meant so; the reason names what is wrong. */
export type BadUsage = Rejection<'BAD_USAGE'>

/** A refusal for a reason, which begins with what is wrong and has no full stop. */
export const badUsage = (reason: string): BadUsage => ({
  rejected: 'BAD_USAGE',
  reason: boundedMessage(reason),
})

/** The flags that were given, by name: text, or true for one that takes none. */
export type FlagValues<Name extends string> = Readonly<Partial<Record<Name, string | boolean>>>

type FlagOptions<Name extends string> = Readonly<
  Record<Name, Readonly<{ type: 'string' | 'boolean'; short?: string }>>
>

/** Reads arguments into flags and what stands between them. */
export const readFlags = <Name extends string>(
  args: readonly string[],
  options: FlagOptions<Name>,
): Readonly<{ values: FlagValues<Name>; positionals: readonly string[] }> | BadUsage => {
  try {
    const config: ParseArgsOptionsConfig = options
    const parsed = parseArgs({ args: [...args], options: config, allowPositionals: true })
    // No flags come back but those of the options, each once: as it was given last.
    return { values: parsed.values as FlagValues<Name>, positionals: parsed.positionals }
  } catch (error) {
    return badUsage(messageOf(error).split('. To specify')[0] ?? '')
  }
}
