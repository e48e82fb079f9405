"""What an agent on the page sees, decided and why: cars, cells, power and buyers in words and numbers."""
