import type { ChatMessage } from '@outrigger/client'
import { When } from '@/features/shell/when'
import styles from './social.module.css'

interface Props {
  readonly message: ChatMessage
  readonly author: string
  readonly onRetry: () => void
  readonly onRemove: () => void
}

/** One message, how far it got, and what its sender can do about it. */
export function TalkMessage({ message, author, onRetry, onRemove }: Props) {
  const { direction, text, image, createdAt, delivery, error } = message
  const isMine = direction === 'out'
  return (
    <div className={styles.message} data-direction={direction} data-delivery={delivery}>
      <span className="visually-hidden">{author}:</span>
      {image && <img className={styles.image} src={image} alt={`Image from ${author}`} />}
      {text && <div className={styles.bubble}>{text}</div>}
      <div className={styles.foot}>
        <When at={createdAt} time />
        {isMine && <span>{stateOf(message)}</span>}
        {isMine && delivery === 'failed' && (
          <>
            <span className={styles.failed}>{error}</span>
            <button type="button" onClick={onRetry}>
              Try again
            </button>
          </>
        )}
        {isMine && (
          <button type="button" onClick={onRemove}>
            Delete<span className="visually-hidden"> “{(text ?? 'image').slice(0, 40)}”</span>
          </button>
        )}
      </div>
    </div>
  )
}

function stateOf({ delivery, retryAt }: ChatMessage): string {
  switch (delivery) {
    case 'waiting':
      // Written faster than the contract lets through.
      return retryAt ? `Sent at ${timeOf(retryAt)}: that was a lot at once` : 'Waiting…'
    case 'sending':
      return 'Sending…'
    case 'read':
      return 'Seen'
    case 'failed':
      return 'Not sent:'
    case 'sent':
      return 'Sent'
  }
}

const timeOf = (at: string) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
