import type { ContractName } from '../names.js'

/** In whose words a hook speaks. Default: the client's own contract. */
export interface InContract {
  contract?: ContractName | undefined
}
