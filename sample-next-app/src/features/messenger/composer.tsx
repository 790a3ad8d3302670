'use client'

import { useRef, useState, type ChangeEvent, type FormEvent, type KeyboardEvent } from 'react'
import { ImageIcon } from '@/features/shell/icons'
import { IMAGE_TYPES, readImage } from './image-file'
import styles from './thread.module.css'

export interface Draft {
  readonly text?: string
  readonly image?: string
}

interface Props {
  readonly name: string
  readonly onSend: (draft: Draft) => string | null
  readonly onTyping: (isTyping: boolean) => void
  /** Most characters of a text. */
  readonly longest?: number
  readonly withImages?: boolean
}

/** Where a message is written. Enter sends, Shift and Enter begin a line. `onSend` gives a fault or null. */
export function Composer({ name, onSend, onTyping, longest = 16_000, withImages = true }: Props) {
  const [text, setText] = useState('')
  const [image, setImage] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const input = useRef<HTMLTextAreaElement>(null)
  const isEmpty = text.trim() === '' && image === null

  function send() {
    if (isEmpty) return
    const refused = onSend({ ...(text.trim() ? { text: text.trim() } : {}), ...(image ? { image } : {}) })
    setFault(refused)
    if (refused) return
    setText('')
    setImage(null)
    onTyping(false)
    input.current?.focus()
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    send()
  }

  function onKeyDown(event: KeyboardEvent) {
    // Enter also ends the writing of a composed letter; that is no wish to send.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }

  function onChange(event: ChangeEvent<HTMLTextAreaElement>) {
    setText(event.target.value)
    onTyping(event.target.value.trim() !== '')
  }

  async function onPick(event: ChangeEvent<HTMLInputElement>) {
    const file = event.target.files?.[0]
    event.target.value = ''
    if (!file) return
    const picked = await readImage(file)
    if ('fault' in picked) setFault(picked.fault)
    else {
      setFault(null)
      setImage(picked.dataUrl)
    }
  }

  return (
    <form className={styles.composer} onSubmit={submit}>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {image && (
        <div className={styles.preview}>
          <img src={image} alt="The image you are about to send" />
          <button type="button" className="button small" onClick={() => setImage(null)}>
            Remove image
          </button>
        </div>
      )}
      <div className={styles.row}>
        {withImages && (
          <label className={styles.attach} title="Add an image">
            <ImageIcon />
            <span className="visually-hidden">Add an image</span>
            <input className="visually-hidden" type="file" accept={IMAGE_TYPES.join(',')} onChange={onPick} />
          </label>
        )}
        <label className="visually-hidden" htmlFor="message-text">
          Message to {name}
        </label>
        <textarea
          id="message-text"
          ref={input}
          rows={1}
          maxLength={longest}
          placeholder={`Message ${name}`}
          value={text}
          onChange={onChange}
          onKeyDown={onKeyDown}
          onBlur={() => onTyping(false)}
        />
        <button type="submit" className="button primary" disabled={isEmpty}>
          Send
        </button>
      </div>
    </form>
  )
}
