"""What a monitor asks: is it alive, is it ready, how much does it do."""
