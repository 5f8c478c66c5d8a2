import { FatalError } from '../../../domain/errors.ts'

/** A file of events that is not whole, or not what was written. The message says where. */
export class DamagedFile extends FatalError {
  override name = 'DamagedFile'
}
