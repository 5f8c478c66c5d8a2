/** Where a command is: each has a stream of its own in the category `command`. */
import type { DecidedStream } from '../handle.ts'
import {
  type CommandEvent,
  type CommandRejection,
  type CommandState,
  type CommandStep,
  commandDecider,
} from './command.ts'

/** The category that all streams of commands are in. */
export const COMMAND_CATEGORY = 'command'

/** A command's stream, and what decides in it. */
export type CommandStream = DecidedStream<CommandState, CommandStep, CommandEvent, CommandRejection>

/** The stream of the command with this id, whether there is such a command or not. */
export const commandStream = (log: CommandStream['log'], id: string): CommandStream => ({
  log,
  decider: commandDecider,
  stream: `${COMMAND_CATEGORY}-${id}`,
})

/** Id of the command whose stream bears this name. */
export const commandIdOf = (stream: string): string => stream.slice(COMMAND_CATEGORY.length + 1)
