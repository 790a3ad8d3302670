// An image that someone picked, made ready for sending.

const MOST_BYTES = 5 * 1024 * 1024

export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']

export type Picked = { readonly dataUrl: string } | { readonly fault: string }

export async function readImage(file: File): Promise<Picked> {
  if (!IMAGE_TYPES.includes(file.type)) return { fault: 'Choose a PNG, JPEG, GIF, WebP or AVIF image.' }
  if (file.size > MOST_BYTES) return { fault: 'The image is too large: 5 MB are the most.' }
  return new Promise((done) => {
    const reader = new FileReader()
    reader.onload = () => done({ dataUrl: String(reader.result) })
    reader.onerror = () => done({ fault: 'The image cannot be read.' })
    reader.readAsDataURL(file)
  })
}
