import { TOPICS } from '@/lib/topics'

export const dynamicParams = false

export function generateStaticParams() {
  return TOPICS.map((topic) => ({ topic }))
}

export default function Help({ params }: { params: { topic: string } }) {
  return (
    <main>
      <h1>Help: {params.topic}</h1>
      <p>Write to help@shop.test; we answer within a day.</p>
    </main>
  )
}
