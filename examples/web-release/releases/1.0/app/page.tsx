export default function Home() {
  return (
    <main>
      <h1>Shop</h1>
      <p>Release 1.0</p>
    </main>
  )
}
