"""Method calls: accounts of a bank that post, transfer and charge through one another."""

SIZE = 370_000
SIZE_CHECK = 200


class Journal:
    """Remembers how many entries of each kind were posted, and their sum in cents."""

    def __init__(self) -> None:
        self.entries = 0
        self.volume = 0

    def post(self, cents: int) -> None:
        self.entries += 1
        self.volume += abs(cents)


class Account:
    def __init__(self, number: int, journal: Journal) -> None:
        self.number = number
        self.journal = journal
        self.balance = 0

    def deposit(self, cents: int) -> None:
        self.balance += cents
        self.journal.post(cents)

    def withdraw(self, cents: int) -> bool:
        """Take money out if there is enough of it."""
        if not self.covers(cents):
            return False
        self.balance -= cents
        self.journal.post(-cents)
        return True

    def covers(self, cents: int) -> bool:
        return self.available() >= cents

    def available(self) -> int:
        return self.balance

    def transfer(self, other: "Account", cents: int) -> bool:
        if self.withdraw(cents):
            other.deposit(cents)
            return True
        return False


class CreditAccount(Account):
    """An account that may go below zero."""

    def __init__(self, number: int, journal: Journal, limit: int) -> None:
        super().__init__(number, journal)
        self.limit = limit

    def available(self) -> int:
        return self.balance + self.limit


class Bank:
    def __init__(self) -> None:
        self.journal = Journal()
        self.accounts: list[Account] = []

    def open(self, limit: int = 0) -> Account:
        number = len(self.accounts)
        account = (
            CreditAccount(number, self.journal, limit) if limit else Account(number, self.journal)
        )
        self.accounts.append(account)
        return account

    def account(self, number: int) -> Account:
        return self.accounts[number % len(self.accounts)]


def run(size: int) -> object:
    """Make `size` rounds of transfers between 20 accounts."""
    bank = Bank()
    for number in range(20):
        bank.open(limit=50_00 if number % 3 == 0 else 0).deposit(1000_00)
    refused = 0
    for turn in range(size):
        source = bank.account(turn * 7)
        target = bank.account(turn * 3 + 1)
        if not source.transfer(target, (turn * 37) % 900_00):
            refused += 1
        target.deposit(turn % 11)
    balances = [account.balance for account in bank.accounts]
    return refused, bank.journal.entries, bank.journal.volume, balances
