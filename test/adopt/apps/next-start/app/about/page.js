export default function About() {
  return <p>A page of its own</p>;
}
